import Foundation
import Testing

/// ARCHITECTURE.md and docs/library.md against the package itself.
@Suite("Documents about the code") struct ArchitectureTests {
    private typealias Graph = [String: Set<String>]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardizedFileURL

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test("the drawing of the modules shows the package's dependencies, and no arrow that follows from others")
    func drawingOfTheModules() throws {
        let (drawn, declared) = (try drawing(), try package())
        let names = Set(drawn.keys).union(drawn.values.joined())
        #expect(names.count > 15)
        for folder in try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path) {
            #expect(names.contains(folder), "\(folder) is not drawn")
        }
        for name in names.sorted() {
            #expect(
                reachable(from: name, in: drawn) == reachable(from: name, in: declared).intersection(names),
                "arrows from \(name)")
            for next in drawn[name] ?? [] {
                let others = (drawn[name] ?? []).subtracting([next])
                #expect(!others.contains { reachable(from: $0, in: drawn).contains(next) }, "\(name) --> \(next)")
            }
        }
    }

    @Test("the decoding core depends on the smallest module alone")
    func dependenciesOfTheCore() throws {
        #expect(try package()["Decoding"] == ["Support"])
        #expect(try package()["Support"] == [])
    }

    @Test(
        "the examples in docs/library.md are the programs that are compiled",
        arguments: ["run-job/RunJob", "serve-model/ServeModel"])
    func examples(name: String) throws {
        let program = try text("docs/examples/\(name).swift")
        #expect(try text("docs/library.md").contains("```swift\n\(program)```"))
    }

    private func drawing() throws -> Graph {
        try text("ARCHITECTURE.md").matches(of: /\n    ([\w-]+) --> ([\w-]+)/).reduce(into: [:]) {
            $0[String($1.1), default: []].insert(String($1.2))
        }
    }

    /// The targets of Package.swift and the modules of this package that they name.
    private func package() throws -> Graph {
        let target =
            /(?:library\(|arget\(|Library\()\s*(?:name: )?"([\w-]+)"(?:,\s*(?:dependencies: )?\[((?:[^\]\[])*)\])?/
        return try text("Package.swift").matches(of: target).reduce(into: [:]) { graph, match in
            let names = (match.2 ?? "").matches(of: /(?:^|[\s,])"([\w-]+)"/).map { String($0.1) }
            graph[String(match.1), default: []].formUnion(names)
        }
    }

    private func reachable(from name: String, in graph: Graph) -> Set<String> {
        var found: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            for other in graph[next] ?? [] where found.insert(other).inserted { open.append(other) }
        }
        return found
    }
}

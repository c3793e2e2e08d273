import Foundation
import Testing

@testable import rsd_batch

/// What the documents say of the command line and of files.
@Suite("Documents about the program") struct ReadmeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardizedFileURL
    private static let documents = {
        let docs = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)
        return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            + (docs ?? []).filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }.sorted()
    }()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test("the README has a line for every command")
    func commands() throws {
        let readme = try text("README.md")
        for command in RSDBatch.configuration.subcommands {
            let name = command.configuration.commandName ?? ""
            #expect(readme.contains(try Regex("\\| `rsd-batch \(name)\\b")), "\(name)")
        }
    }

    @Test("every command in a shell block is one that the program takes", arguments: documents)
    func commandLines(document: String) throws {
        for block in try text(document).matches(of: #/```sh\n((?s).*?)```/#) {
            for line in block.1.split(separator: "\n") {
                let words = line.prefixMatch(of: #/(?:\S+\/)?rsd-batch ([^#|;&<>]*)/#)?.1.split(separator: " ") ?? []
                guard !words.isEmpty, !words.contains(where: { $0.contains(#/['"$…]/#) }) else { continue }
                #expect(throws: Never.self, "\(line)") { try RSDBatch.parseAsRoot(words.map(String.init)) }
            }
        }
    }

    @Test("files and folders that a document links to are there", arguments: documents)
    func links(document: String) throws {
        let folder = Self.root.appending(path: document).deletingLastPathComponent()
        for link in try text(document).matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)="([^":]+)"/#) {
            let path = String(link.1 ?? link.2 ?? "")
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: path).path), "\(path)")
        }
    }
}

import Foundation
import Testing

@Suite("Names of tests") struct TestNameTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardizedFileURL

    /// The texts of all files with this extension below a directory.
    private func texts(in folder: String, _ fileExtension: String) throws -> [String] {
        let folder = Self.root.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("." + fileExtension) }
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    }

    /// The names that follow a word of Swift in a file.
    private func names(after word: String, in text: String) -> [String] {
        text.components(separatedBy: word + " ").dropFirst().map { rest in
            String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }

    @Test("every test has a display name beside its identifier")
    func display() throws {
        for text in try texts(in: "Tests", "swift") {
            for rest in text.components(separatedBy: "@" + "Test").dropFirst() {
                let begin = rest.prefix(200).filter { !$0.isWhitespace }
                #expect(begin.hasPrefix("(\"") || begin.hasPrefix("(#\""), "\(rest.prefix(80))")
            }
        }
    }

    @Test("every suite and test that a document cites exists")
    func cited() throws {
        var tests: [String: Set<String>] = [:]
        for text in try texts(in: "Tests", "swift") {
            let functions = names(after: "func", in: text)
            for suite in ["struct", "class", "enum", "extension"].flatMap({ names(after: $0, in: text) })
            where suite.hasSuffix("Tests") {
                tests[suite, default: []].formUnion(functions)
            }
        }
        let targets = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Tests").path)
        let manuals = try ["README", "ARCHITECTURE", "CONTRIBUTING"].map {
            try String(contentsOf: Self.root.appending(path: "\($0).md"), encoding: .utf8)
        }
        var cited = 0
        for text in try texts(in: "docs", "md") + manuals {
            // `Suite.test`, and after it `.another` of the same suite.
            var suite = ""
            for match in text.matches(of: /`(?:VLLMTests\.)?(\w+Tests)?(?:\.(\w+))?`/) {
                if let name = match.1.map(String.init) {
                    suite = name
                    #expect(tests[name] != nil || targets.contains(name), "\(name)")
                }
                guard let test = match.2.map(String.init), let known = tests[suite] else { continue }
                #expect(known.contains(test), "\(suite).\(test)")
                cited += 1
            }
        }
        #expect(cited > 200)
    }
}

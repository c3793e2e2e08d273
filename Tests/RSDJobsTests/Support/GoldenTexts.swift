import Foundation
import Testing

/// A file of texts that tests pin word for word, each below a line `### title`.
///
/// With `RSD_WRITE_GOLDENS=1` in the environment the tests write the file instead of comparing with it: after a change of
/// wording, run them so once and read the difference.
struct GoldenTexts: Sendable {
    private let file: URL
    private let texts: [String: String]

    private static let writes = ProcessInfo.processInfo.environment["RSD_WRITE_GOLDENS"] == "1"

    init(file: URL) {
        self.file = file
        let content = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        texts = ("\n" + content).components(separatedBy: "\n### ").dropFirst().reduce(into: [:]) { texts, part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            texts[String(lines[0])] = lines.count < 2 ? "" : String(lines[1].dropLast())
        }
    }

    func expect(_ text: String, _ title: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if !Self.writes { #expect(text == texts[title], sourceLocation: sourceLocation) }
    }

    /// Expects the file to have just these titles, or writes it.
    func expectTitles(_ all: [(title: String, text: String)]) throws {
        if Self.writes {
            let content = all.map { "### \($0.title)\n\($0.text)\n" }.joined(separator: "\n")
            try Data(content.utf8).write(to: file)
        } else {
            #expect(Set(all.map(\.title)) == Set(texts.keys) && all.count == texts.count)
        }
    }
}

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

    /// - Parameter source: a source file in the same directory.
    init(beside source: String, _ name: String) {
        file = URL(filePath: source).deletingLastPathComponent().appending(path: name)
        let content = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        texts = ("\n" + content).components(separatedBy: "\n### ").dropFirst().reduce(into: [:]) { texts, part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            texts[String(lines[0])] = lines.count < 2 ? "" : String(lines[1].dropLast())
        }
    }

    func expect(_ text: String, _ title: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if !Self.writes { #expect(text == texts[title], "\(title)", sourceLocation: sourceLocation) }
    }

    /// Expects the file to have just these texts, or writes it.
    func expect(_ all: [(title: String, text: String)], sourceLocation: SourceLocation = #_sourceLocation) throws {
        if Self.writes {
            let content = all.map { "### \($0.title)\n\($0.text)\n" }.joined(separator: "\n")
            try Data(content.utf8).write(to: file)
        } else {
            for (title, text) in all { expect(text, title, sourceLocation: sourceLocation) }
            #expect(
                Set(all.map(\.title)) == Set(texts.keys) && all.count == texts.count, "\(file.lastPathComponent)",
                sourceLocation: sourceLocation)
        }
    }
}

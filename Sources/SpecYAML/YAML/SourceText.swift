import Foundation
import Support

/// The text of a file and its lines, for messages.
package struct SourceText: Sendable {
    /// The path for messages.
    package let file: String
    package let text: String
    package let lines: [String]

    package init(file: String, text: String) {
        self.file = file
        self.text = text
        lines = Self.split(text)
    }

    /// Reads a file's bytes through ``TextFile``.
    package init(file: String, utf8 data: Data) throws(Diagnostic) {
        self.init(file: file, text: try TextFile(file: file, data).text())
    }

    package func diagnostic(_ severity: Diagnostic.Severity, at mark: Mark, _ message: String) -> Diagnostic {
        if let key = mark.setting { return Diagnostic(severity, setting: key, message) }
        return Diagnostic(
            severity, file: file, line: mark.line, column: mark.column, message: message,
            sourceLine: lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : nil)
    }

    /// The scalar at a place; nil at the end of a line.
    package func scalar(at mark: Mark) -> Unicode.Scalar? {
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
    }

    /// The place of a byte offset in the text's UTF-8.
    package func mark(atByte offset: Int) -> Mark {
        let before = Self.split(String(decoding: text.utf8.prefix(offset), as: UTF8.self))
        return Mark(line: max(before.count, 1), column: (before.last?.unicodeScalars.count ?? 0) + 1)
    }

    /// Lines as libyaml counts them: also broken at U+0085, U+2028 and U+2029.
    private static func split(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
            previous = scalar
        }
        return lines + [String(line)]
    }
}

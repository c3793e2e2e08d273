import Testing

@testable import Support

@Suite("Text that is made harmless for a language")
struct MarkupTextTests {
    /// With it, a sign is another character of Swift's, but the same for a parser.
    private static let accent = "\u{301}"

    @Test("a sign with a combining accent is escaped like the sign alone")
    func combiningAccent() {
        for (sign, escaped) in ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"] {
            #expect((sign + Self.accent).html == escaped + Self.accent)
            #expect((sign + Self.accent).htmlLines == escaped + Self.accent)
        }
        #expect(("a\"" + Self.accent + ",b").csvCell.unicodeScalars.count { $0 == "\"" } == 4)
        #expect(("|" + Self.accent).markdown.unicodeScalars.first == "\\")
        #expect(("%" + Self.accent).latex.unicodeScalars.first == "\\")
        #expect(("'" + Self.accent).shellWord.unicodeScalars.count { $0 == "'" } == 5)
    }

    @Test("lines stay only where they may")
    func lines() {
        #expect("a\nb".htmlLines == "a\nb" && "a\nb".html == "a\u{240A}b")
    }
}

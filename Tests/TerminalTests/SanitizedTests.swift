import Testing

@testable import Terminal

@Suite("Text for a terminal")
struct SanitizedTests {
    /// Everything that moves a cursor, sets a title, or puts text elsewhere than it stands.
    private static let harmful: [ClosedRange<UInt32>] = [
        0x00...0x09, 0x0B...0x1F, 0x7F...0x9F, 0x061C...0x061C, 0x200E...0x200F, 0x2028...0x2029, 0x202A...0x202E,
        0x2066...0x2069,
    ]

    private static let scalars = harmful.joined().compactMap(Unicode.Scalar.init)

    @Test("nothing that a terminal would obey, whatever it comes in")
    func nothingHarmful() {
        for scalar in Self.scalars {
            let text = "a\(String(scalar))b\nc"
            let shown = [text.sanitizedLines, text.sanitized, Line(text).text]
            for one in shown {
                #expect(!one.unicodeScalars.contains(scalar), "U+\(String(scalar.value, radix: 16))")
                #expect(one.unicodeScalars.count >= text.unicodeScalars.count, "what is taken out shows")
            }
            #expect(text.sanitizedLines.hasSuffix("b\nc"))
            #expect(!text.sanitized.contains("\n"))
        }
        #expect("a\r\nb".sanitizedLines == "a\u{240D}\nb")
    }

    @Test("what does no harm stays: letters of all scripts, joined emoji, soft hyphens")
    func harmlessText() {
        let text = "é e\u{301} 数学 עברית العربية 👩‍👩‍👧 ❤️ a\u{AD}b \u{A0} ½ x²"
        #expect(text.sanitized == text)
        #expect(text.harmlessJSON == text)
    }

    @Test("JSON means the same")
    func json() {
        #expect("{\"a\": \"\u{9B}31m\u{202E}é\u{7F}\"}\n".harmlessJSON == #"{"a": "\u009b31m\u202eé\u007f"}"# + "\n")
    }
}

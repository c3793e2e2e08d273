@testable import SpecYAML
@testable import Support
import Testing

@Suite("YAML")
struct SpecYAMLTests {
    @Test(
        "plain scalars mean what the core schema of YAML 1.2 says",
        arguments: [
            ("", YAMLScalar.Meaning.null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .text),
            ("true", .bool(true)), ("True", .bool(true)), ("false", .bool(false)), ("tRUE", .text),
            ("yes", .text), ("no", .text), ("on", .text), ("off", .text), ("y", .text), ("n", .text),
            ("0", .integer), ("-7", .integer), ("+7", .integer), ("007", .integer), ("0x1F", .integer),
            ("0o17", .integer), ("0x", .text), ("0xg", .text), ("0o8", .text), ("1_000", .text), ("-", .text),
            ("+", .text), ("-0x1", .text), ("0.7", .float), (".5", .float), ("5.", .float), ("1e3", .float),
            ("1.5E-3", .float), ("-.5e+2", .float), (".", .text), ("e3", .text), ("1e", .text),
            ("1.2.3", .text),
            (".inf", .float), ("-.INF", .float), (".nan", .float), ("inf", .text), ("12:30", .text),
            ("2026-01-01", .text), ("0,7", .text), ("0.7 ", .text),
        ])
    func meanings(text: String, meaning: YAMLScalar.Meaning) {
        #expect(YAMLScalar(text: text, style: .plain).meaning == meaning)
        #expect(YAMLScalar(text: text, style: .doubleQuoted).meaning == .text)
    }

    @Test(
        "numbers mean what the core schema says",
        arguments: [
            ("0", 0.0), ("-7", -7), ("007", 7), ("0x1F", 31), ("0o17", 15), ("0.7", 0.7), (".5", 0.5),
            ("5.", 5),
            ("5.e1", 50), ("1e3", 1000), ("-.5E+2", -50), (".inf", .infinity), ("-.inf", -.infinity),
        ])
    func numbers(text: String, number: Double) {
        #expect(YAMLScalar(text: text, style: .plain).number == number)
    }

    @Test("marks count lines and Unicode scalars from one, as people and libyaml do")
    func marks() throws {
        let source = SourceText(file: "x", text: "é: [ü,\u{85} 'x']\r\n𝄞: |\n  a\n")
        let (document, diagnostics) = YAMLParser.parse(source)
        #expect(diagnostics.isEmpty)
        guard case .mapping(let entries) = try #require(document).content else {
            Issue.record("not a mapping")
            return
        }
        #expect(entries.map(\.key) == ["é", "𝄞"])
        #expect(entries.map(\.keyMark) == [Mark(line: 1, column: 1), Mark(line: 3, column: 1)])
        guard case .sequence(let elements) = entries[0].value.content else {
            Issue.record("not a list")
            return
        }
        #expect(elements.map(\.mark) == [Mark(line: 1, column: 5), Mark(line: 2, column: 2)])
        #expect(entries[1].value.content == .scalar(YAMLScalar(text: "a\n", style: .literal)))
        #expect(source.lines == ["é: [ü,", " 'x']", "𝄞: |", "  a", ""])
    }

    @Test("whatever text is written reads back as that text")
    func writer() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [Unicode.Scalar] = Array(
            "\0\u{1}\t\n\r \"'\\#:,-?[]{}&*!|>%@`~ab19.é\u{7F}\u{85}\u{A0}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}𝄞"
                .unicodeScalars)
        var texts = [
            "true", "null", "~", "1", "1.5", "no", "a b", "/a/b.txt", "", " ", "-", "0x1", "_", "a: b",
            "a #b",
        ]
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                if let scalar = alphabet.randomElement(using: &generator) { text.append(scalar) }
            }
            texts.append(String(text))
        }
        for text in texts {
            let yaml = "{ key: \(YAMLWriter.text(text)), \(doubleQuoted(text)): x }"
            let (document, diagnostics) = YAMLParser.parse(SourceText(file: "x", text: yaml))
            #expect(diagnostics.filter { !$0.message.contains("duplicate") } == [], "\(yaml)")
            guard case .mapping(let entries) = try #require(document).content,
                case .scalar(let scalar) = entries[0].value.content
            else {
                Issue.record("not a mapping with text: \(yaml)")
                continue
            }
            #expect(scalar.meaning == .text, "\(yaml)")
            #expect(Array(scalar.text.unicodeScalars) == Array(text.unicodeScalars), "\(yaml)")
            #expect(entries.count == 1 || entries[1].key == text, "\(yaml)")
        }
    }

    @Test(
        "the nearest key is suggested",
        arguments: [
            ("tresholds", "threshold"), ("Threshold", "threshold"), ("max-tokens", "max_tokens"),
            ("max_new_tokens", "max_tokens"), ("mehtod", "method"), ("colour", nil), ("x", nil), ("q", nil),
        ] as [(String, String?)])
    func nearestKey(word: String, meant: String?) {
        #expect(nearest(to: word, among: ["threshold", "max_tokens", "method", "p"]) == meant)
    }

    @Test("edit distance counts a swap of neighbours once")
    func distance() {
        #expect(editDistance("", "abc") == 3)
        #expect(editDistance("kitten", "sitting") == 3)
        #expect(editDistance("sede", "seed") == 1)
        #expect(editDistance("same", "same") == 0)
    }
}

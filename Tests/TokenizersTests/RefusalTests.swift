import Foundation
import Testing

@testable import Tokenizers

@Suite("Tokenizers that are refused") struct RefusalTests {
    /// GPT-2's kind, with a token for each byte, two merges and one added token.
    private static let plain = #"""
        {"added_tokens": [{"id": 258, "content": "<|end|>", "special": true, "normalized": false}], "normalizer": null,
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
         "post_processor": {"type": "TemplateProcessing"}, "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "vocab": VOCABULARY, "merges": [["a", "b"], ["Ġ", "a"]]}}
        """#

    private func file(_ from: String = "", _ to: String = "") throws -> Data {
        let tokens = ByteAlphabet.characters.map { String(Character($0)) } + ["ab", "Ġa"]
        let vocabulary = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
        let changed = from.isEmpty ? Self.plain : Self.plain.replacing(from, with: to)
        #expect(from.isEmpty || changed != Self.plain)
        let json = String(decoding: try JSONEncoder().encode(vocabulary), as: UTF8.self)
        return Data(changed.replacing("VOCABULARY", with: json).utf8)
    }

    @Test("the plain one is read")
    func plain() throws {
        let tokenizer = try Tokenizer(file: file())
        #expect(tokenizer.encode("ab a<|end|>") == [256, 257, 258])
        #expect(tokenizer.decode([256, 257, 258], skipSpecial: false) == "ab a<|end|>")
        #expect(tokenizer.anAddedToken == "<|end|>")
    }

    @Test(
        "a part of another kind is refused",
        arguments: [
            (#""normalizer": null"#, #""normalizer": {"type": "NFKC"}"#),
            (#""normalizer": null"#, #""normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend"}]}"#),
            (#""add_prefix_space": false"#, #""add_prefix_space": true"#),
            (#""add_prefix_space": false, "#, ""),
            (#"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#, "null"),
            (
                #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#,
                #"{"type": "Metaspace", "replacement": "▁"}"#
            ),
            (
                #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#,
                #"{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": false}, {"type": "Digits"}]}"#
            ),
            (
                #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#,
                #"{"type": "Sequence", "pretokenizers": [{"type": "Punctuation"}, {"type": "ByteLevel", "add_prefix_space": false}]}"#
            ),
            (#"{"type": "TemplateProcessing"}"#, #"{"type": "RobertaProcessing"}"#),
            (#""decoder": {"type": "ByteLevel"}"#, #""decoder": {"type": "Metaspace"}"#),
            (#""decoder": {"type": "ByteLevel"}"#, #""decoder": null"#),
            (#""type": "BPE""#, #""type": "Unigram""#),
            (#""type": "BPE""#, #""type": "WordPiece""#),
            (#""type": "BPE""#, #""type": "BPE", "byte_fallback": true"#),
            (#""type": "BPE""#, #""type": "BPE", "dropout": 0.1"#),
            (#""type": "BPE""#, #""type": "BPE", "continuing_subword_prefix": "@@""#),
            (#"["a", "b"]"#, #"["a", "b", "c"]"#), (#"["a", "b"]"#, #"["a", "c"]"#),
            (#""id": 258"#, #""id": 300"#), ("<|end|>", "ab"), ("\"merges\"", "\"merge\""), ("}}", "}"),
        ])
    func otherKinds(change: (from: String, to: String)) throws {
        let file = try file(change.from, change.to)
        #expect(throws: TokenizerError.self) { try Tokenizer(file: file) }
    }

    @Test(
        "a pattern that is not understood in full is refused",
        arguments: [
            #"\w+"#, #"\p{Han}+"#, "a*", "(a|b?)", "^a", "a.", "(?<=a)b", "(?<x>a)", "a+?", "a{2}+", "a**", "[[a]b]",
            "[a&&b]", "[b-a]", "[^a", "(a", "a)", #"\x41"#, #"\b"#, "(?i:é)", "(?s:a)", "a{", "$", "a|", "", #"[\S-a]"#,
            #"\p{L"#, #"\u0041"#, "(?i:[a])",
        ])
    func patterns(source: String) {
        #expect(throws: TokenizerError.self) { try Pattern(source) }
    }

    @Test(
        "matching goes back where the rest asks for it, and never into what is possessive",
        arguments: [
            ("a+ab", "aaab", 4), ("a++ab", "aaab", nil), ("(?:ab|a)(?:b)c", "abc", 3), ("(?:a|ab)c", "abc", 3),
            ("a{2,3}", "aaaa", 3), ("a{3,}", "aa", nil), ("(?:ab){2}", "ababab", 4), (#"\s+$"#, "  \n\nx", 3),
            (#"\s+(?!\S)"#, "   x", 2), ("a(?=b)", "ab", 1), ("(?i:'S)", "'ſ", 2), ("(?i:k)", "\u{212A}", 1),
            ("[^a-c]", "b", nil), ("[a-]", "-", 1), (#"[\]\\]+"#, #"]\"#, 2), ("(?:(?:a|b)?c)+", "acbcc", 5),
        ] as [(String, String, Int?)])
    func matches(source: String, text: String, end: Int?) throws {
        let scalars = ScalarText(text)
        #expect(try Pattern(source).end(in: scalars, from: 0, limit: scalars.scalars.count) == end)
    }

    @Test("a text is certain unless versions of Unicode or settings of tokens could make a difference")
    func certain() throws {
        let tokenizer = try Tokenizer(file: file(#""special": true"#, #""special": true, "lstrip": true"#))
        #expect(tokenizer.unsupported == ["<|end|>"])
        for text in ["", "a b\n\n", "é e\u{301} 数 🙂 \u{FFFD} \u{E000}"] { #expect(tokenizer.isCertain(of: text)) }
        // Unassigned, of Unicode 13 and 15, and the added token that takes in the space before it.
        for text in ["\u{378}", "🫠", "a\u{1FA77}", "a <|end|>"] { #expect(!tokenizer.isCertain(of: text), "\(text)") }
    }

    @Test("bytes without a token are left out, as the reference does, and not certain")
    func missingByte() throws {
        // SmolLM2's vocabulary lacks some control characters.
        let text = String(decoding: try file(), as: UTF8.self).replacing(#""Ā":"#, with: #""Āa":"#)
        let tokenizer = try Tokenizer(file: Data(text.utf8))
        #expect(tokenizer.encode("a\0b\0") == [0x61, 0x62])
        #expect(tokenizer.isCertain(of: "ab") && !tokenizer.isCertain(of: "a\0b"))
    }
}

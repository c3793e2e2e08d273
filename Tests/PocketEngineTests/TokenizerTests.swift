import Foundation
import TestSupport
import Testing

@testable import PocketEngine

@Suite("The tokenizer") struct TokenizerTests {
    /// The third folder writes its merges as "a b", the others as ["a", "b"].
    @Test("every text has the reference's tokens", arguments: Fixture.allCases)
    func reference(_ fixture: Fixture) throws {
        let tokenizer = try Tokenizer(folder: fixture.folder)
        let texts = try Golden.shared.get().texts
        #expect(texts.count > 50)
        for text in texts {
            let ids = tokenizer.encode(text.text)
            #expect(ids == text.ids, "\(text.text.debugDescription)")
            let decoded = tokenizer.decode(ids, skipSpecial: false)
            // As scalars: `==` on strings takes canonical equivalents for equal.
            #expect(Array(decoded.unicodeScalars) == Array(text.decoded.unicodeScalars))
        }
    }

    @Test("special tokens are skipped on request only")
    func specialTokens() throws {
        let tokenizer = try Tokenizer(folder: Fixture.tied.folder)
        let ids = tokenizer.encode("a<|endoftext|>b<tool>")
        #expect(tokenizer.decode(ids, skipSpecial: true) == "ab<tool>")
        #expect(tokenizer.decode(ids, skipSpecial: false) == "a<|endoftext|>b<tool>")
    }

    @Test("ids without a token have no text")
    func unknownIDs() throws {
        let tokenizer = try Tokenizer(folder: Fixture.untied.folder)
        #expect(tokenizer.decode([100_000], skipSpecial: false) == "")
        #expect(tokenizer.written(100_000) == "")
    }

    @Test(
        "pieces add up to the text",
        arguments: ["", "a", "\n\n", ".\n\n", "don't  stop\r\n\n x 12", " \u{A0}\u{2003}ß", "\u{1F642}!\n"])
    func pieces(_ text: String) {
        #expect(PreTokenizer.pieces(text).flatMap { $0 } == Array(text.utf8))
    }

    @Test("pieces follow the expression")
    func expression() {
        func pieces(_ text: String) -> [String] {
            PreTokenizer.pieces(text).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(pieces("a.\n\nThe") == ["a", ".\n\n", "The"])
        #expect(pieces("x \n b") == ["x", " \n", " b"])
        #expect(pieces("a   b") == ["a", "  ", " b"])
        #expect(pieces("b  ") == ["b", "  "])
        #expect(pieces("we'LL 12") == ["we", "'LL", " ", "1", "2"])
        #expect(pieces("''s") == ["''", "s"])
    }

    @Test("a whole piece is its token where merges are ignored")
    func ignoredMerges() throws {
        let bytes = Dictionary(uniqueKeysWithValues: (0...255).map { ([UInt8($0)], $0) })
        let vocabulary = bytes.merging([Array("ab".utf8): 300, Array("abc".utf8): 301]) { $1 }
        func encode(_ ignoreMerges: Bool) throws -> [Int] {
            try BytePairEncoder(
                vocabulary: vocabulary, merges: [(Array("a".utf8), Array("b".utf8))],
                ignoreMerges: ignoreMerges
            ).encode(Array("abc".utf8))
        }
        #expect(try encode(false) == [300, 99])
        #expect(try encode(true) == [301])
    }

    @Test("other kinds of tokenizers are refused")
    func otherKinds() throws {
        let changes: [[String: any Sendable]] = [
            ["normalizer": ["type": "NFKC"]],
            [
                "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true]
                    as [String: any Sendable]
            ],
            [
                "model": ["type": "Unigram", "vocab": [String: Int](), "merges": [String]()]
                    as [String: any Sendable]
            ],
        ]
        for change in changes {
            let scratch = try Scratch()
            let folder = try Fixture.tied.copy(to: scratch, changing: "tokenizer.json", change)
            #expect {
                try Tokenizer(folder: folder)
            } throws: {
                "\($0)".contains("only Qwen2's byte-level BPE is supported")
            }
        }
    }
}

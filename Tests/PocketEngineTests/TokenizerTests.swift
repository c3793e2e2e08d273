import Foundation
import TestSupport
import Testing

@testable import PocketEngine
@testable import Tokenizers

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

    /// Whether a file of another kind is refused is the tokenizer's own matter; the engine says which file it was.
    @Test("other kinds of tokenizers are refused")
    func otherKinds() throws {
        let scratch = try Scratch()
        let folder = try Fixture.tied.copy(to: scratch, changing: "tokenizer.json", ["normalizer": ["type": "NFKC"]])
        #expect {
            try Engine(folder: folder)
        } throws: {
            "\($0 as? CheckpointError, default: "")".contains("tokenizer.json: the normalizer NFKC")
        }
    }
}

import Foundation
import Testing

@testable import Tokenizers

@Suite("Tokenizers read from their files") struct TokenizerTests {
    private static var kinds: [GoldenTokens.Kind] { get throws { try GoldenTokens.shared.get().kinds } }

    @Test("random texts have the ids of the reference", arguments: try! TokenizerTests.kinds)
    func ids(_ kind: GoldenTokens.Kind) throws {
        let tokenizer = try Tokenizer(file: kind.file)
        let texts = try GoldenTokens.shared.get().texts
        var certain = 0
        for (text, digest) in zip(texts, kind.ids) where tokenizer.isCertain(of: text) {
            certain += 1
            let ids = tokenizer.encode(text)
            #expect(GoldenTokens.digest(ids) == digest, "\(text.debugDescription): \(ids.map(tokenizer.written))")
        }
        // Of the random characters, many are in no version of Unicode.
        #expect(certain > texts.count / 3)
    }

    @Test("every token has the text of the reference, alone and with others", arguments: try! TokenizerTests.kinds)
    func pieces(_ kind: GoldenTokens.Kind) throws {
        let tokenizer = try Tokenizer(file: kind.file)
        for (id, digest) in kind.pieces.enumerated() {
            let text = tokenizer.decode([id], skipSpecial: false)
            #expect(GoldenTokens.digest(text.utf8) == digest, "\(id): \(text.debugDescription)")
        }
        for (ids, digest) in zip(try GoldenTokens.shared.get().several, kind.decoded) {
            let text = tokenizer.decode(ids, skipSpecial: false)
            #expect(GoldenTokens.digest(text.utf8) == digest, "\(ids): \(text.debugDescription)")
        }
    }
}

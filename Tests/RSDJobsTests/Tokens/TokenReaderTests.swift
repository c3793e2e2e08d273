import Decoding
import Foundation
import ModelLifecycle
import TestSupport
import Testing
import Tokenizers

@testable import JobSpecs
@testable import Runner

@Suite("Tokens without asking", .timeLimit(.minutes(5))) struct TokenReaderTests {
    @Test("after the first two texts, the engine is asked about nothing that its tokenizer's file says")
    func known() async throws {
        var model = try ByteTokenizer()
        model.around = ([7, 8], [9])
        let (tokenizer, asked) = (model.tokenizer, model.asked)
        try await model.engine.withSession { session async throws in
            let reader = TokenReader(TokenCache(local: try await model.local(session.client)))
            for text in ["ab", "ab a"] {
                #expect(
                    try await reader.ids(of: text, addSpecialTokens: false, from: session.client)
                        == tokenizer.encode(text))
            }
            #expect(asked.take().texts == ["ab", "ab a"])
            for text in ["ab", "ab a", "a b\n\n", "", "e\u{301}"] {
                let ids = tokenizer.encode(text)
                #expect(try await reader.ids(of: text, addSpecialTokens: false, from: session.client) == ids)
                #expect(
                    try await reader.ids(of: text, addSpecialTokens: true, from: session.client) == [7, 8] + ids + [9])
            }
            #expect(try await reader.pieces(of: [256, 257, 0xA9], from: session.client) == ["ab", " a", "\u{FFFD}"])
            #expect(try await reader.text(of: tokenizer.encode("é"), from: session.client) == "é")
            #expect(try await reader.lead(from: session.client) == TextLead(text: "", tokens: []))
            #expect(asked.take() == ([], []))
        }
    }

    /// `==` on strings takes the composed and the decomposed letter for the same.
    @Test("texts that only look alike are told apart")
    func lookAlikes() async throws {
        let model = try ByteTokenizer()
        try await model.engine.withSession { session async throws in
            let reader = TokenReader(TokenCache(local: try await model.local(session.client)))
            let composed = try await reader.ids(of: "\u{E9}", addSpecialTokens: false, from: session.client)
            let decomposed = try await reader.ids(of: "e\u{301}", addSpecialTokens: false, from: session.client)
            #expect(composed.count == 2)
            #expect(decomposed.count == 3)
        }
    }

    @Test(
        "an engine that gives a sample other ids is asked about everything",
        arguments: ["So \\boxed", " 12 a", "So \\boxed| 12 a"])
    func disagreement(begin: String) async throws {
        var model = try ByteTokenizer()
        model.odd = { text in begin.split(separator: "|").contains { text.hasPrefix($0) } }
        try await model.engine.withSession { session async throws in
            #expect(try await model.local(session.client) == nil)
        }
    }

    @Test("an engine that gives one of the first texts other ids is right, and asked about everything from then on")
    func trial() async throws {
        var model = try ByteTokenizer()
        model.odd = { $0.hasPrefix("odd") }
        let (tokenizer, asked) = (model.tokenizer, model.asked)
        try await model.engine.withSession { session async throws in
            let cache = TokenCache(local: try await model.local(session.client))
            let reader = TokenReader(cache)
            func ids(_ text: String) async throws -> [Int] {
                try await reader.ids(of: text, addSpecialTokens: false, from: session.client)
            }
            #expect(try await ids("ab") == tokenizer.encode("ab"))
            #expect(try await ids("odd") == tokenizer.encode("odd") + [0])
            #expect(cache.local == nil)
            // What was read before the difference was found may be wrong too.
            #expect(try await ids("ab") == tokenizer.encode("ab"))
            #expect(try await ids("odd ab") == tokenizer.encode("odd ab") + [0])
            #expect(asked.take().texts == ["ab", "odd", "ab", "odd ab"])
            #expect(try await reader.pieces(of: [256, 256], from: session.client) == ["ab", "ab"])
            #expect(asked.take().ids == [[256]])
        }
    }

    @Test(
        "what another version of Unicode, or of a tokenizer's settings, could read differently is asked of the engine")
    func uncertain() async throws {
        let model = try ByteTokenizer()
        try await model.engine.withSession { session async throws in
            let local = try #require(try await model.local(session.client, unlisted: ["Ā"]))
            #expect(local.tokens(of: "🫠", addSpecialTokens: false) == nil)
            #expect(local.tokens(of: "a\u{100}b", addSpecialTokens: false) == nil)
            #expect(local.tokens(of: "A", addSpecialTokens: false) == [0x41])
        }
    }

    /// `clean_up_tokenization_spaces` of earlier versions of transformers.
    @Test("an engine that writes decoded text in its own way is asked for the text of each token, once")
    func cleaned() async throws {
        var model = try ByteTokenizer()
        model.cleaned = { $0.replacing(" ,", with: ",") }
        let asked = model.asked
        try await model.engine.withSession { session async throws in
            let local = try #require(try await model.local(session.client))
            #expect(!local.decodes)
            let reader = TokenReader(TokenCache(local: local))
            for _ in 0..<2 {
                #expect(try await reader.pieces(of: [259, 65, 259], from: session.client) == [",", "A", ","])
            }
            #expect(Set(asked.take().ids) == [[259], [65]])
        }
    }

    @Test("a completion whose text does not fit the file's tokens is read with the engine's")
    func correction() async throws {
        var model = try ByteTokenizer()
        model.cleaned = { $0 == "ab" ? "AB" : $0 }
        try await model.engine.withSession { plain async throws in
            let cache = TokenCache(local: try await model.local(plain.client))
            let session = ModelSession(
                client: plain.client, contextLength: 100, reader: TokenReader(cache),
                splitter: StepSplitter(delimiter: "\n\n"))
            func completion(_ text: String) -> Completion {
                Completion(text: text, tokenIDs: [256, 0x21], finish: .length, promptTokens: 1, completionTokens: 2)
            }
            #expect(try await session.written(completion("ab!")).pieces == ["ab", "!"])
            #expect(cache.local != nil)
            // Nonsense of the engine is no reason to doubt the file.
            await #expect(throws: MalformedResponse.self) { try await session.written(completion("xy!")) }
            #expect(cache.local == nil)
            #expect(try await session.written(completion("AB!")).pieces == ["AB", "!"])
        }
    }

    @Test("a conversation is rendered once, for all engines with the same template")
    func conversations() async throws {
        let model = try ByteTokenizer()
        let cache = TokenCache()
        let readers = ["one", "one", "other"].map { template in TokenReader(template: template) { _ in cache } }
        try await model.engine.withSession { session async throws in
            for reader in readers {
                for (content, settings) in [("ab", [:]), ("a", [:]), ("ab", ["enable_thinking": false]), ("ab", [:])] {
                    let ids = try await reader.ids(
                        of: [ChatMessage(role: "user", content: content)], settings: settings, upTo: .response,
                        from: session.client)
                    #expect(ids == model.tokenizer.encode(content))
                }
            }
        }
        #expect(model.asked.chats.withLock { $0 } == 2 * 3)
    }

    @Test("the answers used last are kept, up to a weight")
    func bounded() async throws {
        let once = OnceOnly<Int, Int>(limit: 100) { $0 }
        func isAsked(_ key: Int) async throws -> Bool {
            let asked = Counter()
            _ = try await once.answer(to: key) {
                asked.next()
                return 10
            }
            return asked.value == 1
        }
        for key in 0..<5 { #expect(try await isAsked(key)) }
        for key in 5..<50 {
            #expect(try await isAsked(key))
            // In use all the time.
            #expect(try await !isAsked(0))
        }
        #expect(try await isAsked(1))
        #expect(try await !isAsked(49))
    }
}

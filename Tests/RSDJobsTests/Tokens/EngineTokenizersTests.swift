import Foundation
import ModelLifecycle
import Testing

@testable import Checkpoints
@testable import JobSpecs
@testable import Runner

@Suite("Tokenizers of a run's engines", .timeLimit(.minutes(5))) struct EngineTokenizersTests {
    /// A job whose models have this tokenizer.
    private func fixture() throws -> SpecFixture {
        let fixture = try SpecFixture()
        for role in ["draft", "target", "prm"] {
            try fixture.write(String(decoding: ByteTokenizer.file, as: UTF8.self), to: "models/\(role)/tokenizer.json")
        }
        return fixture
    }

    @Test("what one engine was asked is known of another one with the same tokenizer, and after a restart")
    func shared() async throws {
        let fixture = try fixture()
        let tokenizers = EngineTokenizers(try fixture.load().spec)
        let model = try ByteTokenizer()
        try await model.engine.withSession { session async throws in
            for engine: EngineID in ["draft", "target"] {
                // A character of Unicode 14, which the program leaves to the engine.
                let ids = try await tokenizers.reader(of: engine).ids(
                    of: "🫠", addSpecialTokens: false, from: session.client)
                #expect(ids == model.tokenizer.encode("🫠"))
            }
            #expect(model.asked.take().texts.count { $0 == "🫠" } == 1)
            // The samples once for each engine, however often it starts.
            for _ in 0..<3 {
                _ = try await tokenizers.reader(of: "draft").ids(of: "🫠", addSpecialTokens: false, from: session.client)
            }
            #expect(model.asked.take().texts.isEmpty)
        }
    }

    @Test("engines that give samples different ids share nothing")
    func apart() async throws {
        let fixture = try fixture()
        let tokenizers = EngineTokenizers(try fixture.load().spec)
        let plain = try ByteTokenizer()
        var other = try ByteTokenizer()
        other.odd = { $0 != "A" }
        try await plain.engine.withSession { session async throws in
            #expect(
                try await tokenizers.reader(of: "draft").ids(of: "ab", addSpecialTokens: false, from: session.client)
                    == [256])
        }
        let distorted = other
        try await distorted.engine.withSession { session async throws in
            #expect(
                try await tokenizers.reader(of: "target").ids(of: "ab", addSpecialTokens: false, from: session.client)
                    == [256, 0])
        }
    }

    /// A failure is that of the request that needed the tokens, and the next one asks again.
    @Test("samples that an engine does not answer are asked again with the next text")
    func failure() async throws {
        let fixture = try fixture()
        let tokenizers = EngineTokenizers(try fixture.load().spec)
        let dead = EngineClient(
            endpoint: HTTPEndpoint(base: "http://127.0.0.1:1", key: nil), model: "draft", http: HTTPClient(),
            retry: .never)
        await #expect(throws: EngineAnswerError.self) {
            try await tokenizers.reader(of: "draft").ids(of: "ab", addSpecialTokens: false, from: dead)
        }
        let model = try ByteTokenizer()
        try await model.engine.withSession { session async throws in
            #expect(
                try await tokenizers.reader(of: "draft").ids(of: "ab", addSpecialTokens: false, from: session.client)
                    == [256])
        }
    }
}

@Suite("What files say of a tokenizer") struct TokenizerIdentityTests {
    private func identity(_ changes: (name: String, content: String?)...) throws -> TokenizerIdentity? {
        let fixture = try SpecFixture()
        try FileManager.default.createDirectory(
            at: fixture.directory.appending(path: "m"), withIntermediateDirectories: true)
        try fixture.write(#"{"added_tokens": [{"content": "<e>", "special": true}]}"#, to: "m/tokenizer.json")
        try fixture.write(#"{"eos_token": "<e>", "chat_template": "x"}"#, to: "m/tokenizer_config.json")
        try fixture.write(#"{"model_type": "qwen2"}"#, to: "m/config.json")
        for change in changes {
            if let content = change.content {
                try fixture.write(content, to: "m/\(change.name)")
            } else {
                try FileManager.default.removeItem(at: fixture.directory.appending(path: "m/\(change.name)"))
            }
        }
        return TokenizerIdentity(of: fixture.directory.appending(path: "m").path)
    }

    @Test("models with the same tokenizer may have other templates, and then do not share conversations")
    func templates() throws {
        let plain = try #require(try identity())
        #expect(plain.unlisted.isEmpty)
        #expect(try identity() == plain)
        for change in [
            (name: "tokenizer_config.json", content: #"{"chat_template": "y", "eos_token": "<e>"}"#),
            (name: "chat_template.jinja", content: "z"),
        ] {
            let other = try #require(try identity((change.name, change.content)))
            #expect(other.text == plain.text, "\(change)")
            #expect(other.conversation != plain.conversation, "\(change)")
        }
    }

    @Test(
        "whatever else decides about tokens makes another tokenizer",
        arguments: [
            ("tokenizer.json", "{}"), ("tokenizer_config.json", #"{"eos_token": "<f>"}"#),
            ("config.json", #"{"model_type": "llama"}"#), ("vocab.json", "{}"), ("tokenizer.model", "x"),
            ("tokenization_x.py", ""), ("added_tokens.json", "{}"),
        ])
    func others(name: String, content: String) throws {
        #expect(try identity((name, content))?.text != identity()?.text)
    }

    @Test("a folder without a tokenizer has none")
    func none() throws {
        #expect(try identity(("tokenizer.json", nil), ("tokenizer_config.json", nil)) == nil)
        #expect(TokenizerIdentity(of: "/nowhere") == nil)
    }

    @Test("special tokens that tokenizer.json does not list, or lists differently, are named")
    func unlisted() throws {
        #expect(
            try identity(
                (
                    "tokenizer_config.json",
                    #"{"bos_token": "Ā", "eos_token": {"content": "<e>"}, "additional_special_tokens": ["<a>", "<e>"]}"#
                ),
                ("special_tokens_map.json", #"{"mask_token": {"content": "<m>", "lstrip": true}, "pad_token": "<e>"}"#),
                ("added_tokens.json", #"{"<q>": 3}"#)
            )?.unlisted == ["<a>", "<m>", "<q>", "Ā"])
        #expect(
            try identity(
                (
                    "tokenizer_config.json",
                    #"{"added_tokens_decoder": {"1": {"content": "<e>", "special": true, "lstrip": true}}}"#
                )
            )?.unlisted == ["<e>"])
        #expect(
            try identity(
                ("tokenizer_config.json", #"{"added_tokens_decoder": {"1": {"content": "<e>", "special": true}}}"#)
            )?.unlisted == [])
    }
}

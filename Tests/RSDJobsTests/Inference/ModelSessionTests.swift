@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Synchronization
import TestServers
import Testing

/// A tokenizer that behaves as GPT-2's does at a delimiter: at the end of a text it is one token, before more text it is two.
private struct SeamTokenizer {
    /// Whether it also joins the delimiter to a letter that follows.
    var joinsLetters = false
    /// Whether texts begin with a token of its own, which is written `^`.
    var addsStart = false

    private static let double = 1, single = 2, joined = 3, start = 4

    private func tokens(_ text: String) -> [Int] {
        var tokens: [Int] = []
        var rest = Substring(text)
        while let first = rest.first {
            if rest == "\n\n" {
                tokens.append(Self.double)
                rest = ""
            } else if joinsLetters, rest.hasPrefix("\n\n"), rest.count > 2 {
                tokens.append(Self.joined)
                rest = rest.dropFirst(3)
            } else {
                let id =
                    first == "\n"
                    ? Self.single : first == "^" ? Self.start : Int(first.unicodeScalars.first?.value ?? 0)
                tokens.append(id)
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    var server: EngineDouble {
        EngineDouble(
            ids: { text, special in (special && addsStart ? [Self.start] : []) + tokens(text) },
            piece: { id in
                switch id {
                case Self.double: "\n\n"
                case Self.single: "\n"
                case Self.joined: "\n\nA"
                case Self.start: "^"
                default: UnicodeScalar(id).map { String(Character($0)) } ?? "?"
                }
            })
    }
}

@Suite("Tokens of prompts and steps") struct ModelSessionTests {
    private func text(_ text: String) -> ProblemPrompt { ProblemPrompt(question: "", form: .text(text)) }

    /// What a model has written so far, it is shown as it wrote it, and not as its tokenizer would read the bare text.
    @Test("steps are continued as they were written")
    func steps() async throws {
        try await SeamTokenizer().server.withSession { session async throws in
            let prefix = try await session.tokens(of: text("?"), steps: ["ab\n\n"])
            #expect(prefix == [63, 97, 98, 2, 2])
            #expect(try await session.tokens(of: text("?"), steps: ["ab\n\n", "cd"]) == prefix + [99, 100])
            let bare = try await session.client.tokenize("ab\n\n", addSpecialTokens: true).tokens
            #expect(bare == [97, 98, 1])
        }
    }

    @Test("a prompt that ends in the delimiter is read like a step")
    func promptEndsInDelimiter() async throws {
        try await SeamTokenizer().server.withSession { session async throws in
            #expect(try await session.tokens(of: text("ab\n\n")) == [97, 98, 2, 2])
            #expect(try await session.tokens(of: text("ab\n")) == [97, 98, 2])
        }
    }

    /// "\n" and "\n" together would be another token than the model was shown and the one that it wrote.
    @Test("a prompt keeps its tokens whatever follows")
    func promptKeepsTokens() async throws {
        try await SeamTokenizer().server.withSession { session async throws in
            #expect(try await session.tokens(of: text("a\n"), steps: ["\n"]) == [97, 2, 2])
            #expect(try await session.client.tokenize("a\n\n", addSpecialTokens: true).tokens == [97, 1])
        }
    }

    @Test("no steps yet are no text")
    func nothingYet() async throws {
        try await SeamTokenizer().server.withSession { session async throws in
            let prompt = try await session.tokens(of: text("a"))
            #expect(try await session.tokens(of: text("a"), steps: []) == prompt)
            #expect(try await session.tokens(of: text("a"), steps: [""]) == prompt)
        }
    }

    @Test("a tokenizer that cannot be continued is an error")
    func cannotContinue() async throws {
        try await SeamTokenizer(joinsLetters: true).server.withSession { session async throws in
            await #expect(throws: PermanentFailure.self) { try await session.tokens(of: text("ab\n\n")) }
            await #expect(throws: PermanentFailure.self) { try await session.tokens(of: text("a"), steps: ["b\n\n"]) }
        }
    }

    /// `<s>[INST]` in a template, and a tokenizer that puts `<s>` before everything.
    @Test("a text has one beginning-of-sequence token, whoever writes it")
    func oneStart() async throws {
        try await SeamTokenizer(addsStart: true).server.withSession { session async throws in
            #expect(try await session.tokens(of: text("ab")) == [4, 97, 98])
            #expect(try await session.tokens(of: text("^ab")) == [4, 97, 98])
            #expect(try await session.tokens(of: text("^ab\n\n")) == [4, 97, 98, 2, 2])
            // Steps go on from the prompt, so they have none.
            #expect(try await session.tokens(of: text("ab"), steps: ["c\n\n", "d"]) == [4, 97, 98, 99, 2, 2, 100])
        }
        try await SeamTokenizer().server.withSession { session async throws in
            #expect(try await session.tokens(of: text("aab")) == [97, 97, 98])
        }
    }

    @Test("a chat is rendered once and then continued")
    func chat() async throws {
        let rendered = Mutex<[[EngineDouble.Message]]>([])
        var server = SeamTokenizer(addsStart: true).server
        server.chat = { messages in
            rendered.withLock { $0.append(messages) }
            return [4, 60] + messages.map(\.content.count) + [62]
        }
        let chat = PromptSpec.chat(ChatPrompt(system: "Think.", user: "{question}!")).before("1+1?")
        try await server.withSession { session async throws in
            #expect(try await session.tokens(of: chat) == [4, 60, 6, 5, 62])
            #expect(try await session.tokens(of: chat, steps: ["ab\n\n"]) == [4, 60, 6, 5, 62, 97, 98, 2, 2])
            #expect(try await session.tokens(of: chat, steps: ["ab\n\n", "c"]) == [4, 60, 6, 5, 62, 97, 98, 2, 2, 99])
        }
        #expect(
            rendered.withLock { $0 } == [
                [.init(role: "system", content: "Think."), .init(role: "user", content: "1+1?!")]
            ])
    }

    @Test("pieces are asked for once and kept")
    func pieces() async throws {
        try await SeamTokenizer().server.withSession { session async throws in
            let pieces = try await session.pieces(of: [97, 1, 97, 2])
            #expect(pieces == ["a", "\n\n", "a", "\n"])
            let again = try await session.pieces(of: [1])
            #expect(again == ["\n\n"])
        }
    }
}

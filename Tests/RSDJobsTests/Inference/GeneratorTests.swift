@testable import Decoding
@testable import JobSpecs
@testable import Runner
import Synchronization
import TestServers
import Testing

/// What reaches a model that is asked to go on, and what is made of its answer.
@Suite("Requests for generation") struct GeneratorTests {
    private let prompt = ProblemPrompt(question: "2 eggs?", form: .text("Q: 2 eggs?\nA:"))

    private func wanted(_ steps: [String] = [], stops: Bool = true, tokens: Int = 50) -> Generation {
        Generation(role: .target, steps: steps, stopsAtDelimiter: stops, maxTokens: tokens)
    }

    /// What is asked of a server with a real tokenizer, and what the asker makes of its answer.
    private func ask(
        _ wanted: Generation, of tokenizer: RecordedTokenizer, contextLength: Int = 100, seed: Int = 7,
        answer: EngineDouble.Completion
    ) async throws -> (asked: [EngineDouble.CompletionRequest], generated: Generated) {
        let asked = Mutex<[EngineDouble.CompletionRequest]>([])
        let generated = Mutex<Generated?>(nil)
        var server = tokenizer.server
        server.complete = { written in
            asked.withLock { $0.append(written) }
            return answer
        }
        try await server.withSession(contextLength: contextLength) { session async throws in
            let asker = Generator(decoding: .standard)
            let result = try await asker.ask(wanted, prompt: prompt, seed: seed, of: session)
            generated.withLock { $0 = result }
        }
        return (asked.withLock { $0 }, try #require(generated.withLock { $0 }))
    }

    private func rest(of tokenizer: RecordedTokenizer) throws -> EngineDouble.Completion {
        let ids = try ["The rest is sold.\n\n"].map { try #require(tokenizer.continuations[$0]) }[0]
        return EngineDouble.Completion(text: "The rest is sold.\n\n", tokens: ids, stop: "\n\n")
    }

    /// Draft and target need not have the same tokenizer: what one wrote the other reads in its own tokens.
    @Test("every model reads the steps in its own tokens", arguments: [RecordedTokenizer.smolLM2, .qwen2, .mistral])
    func ownTokens(_ tokenizer: RecordedTokenizer) async throws {
        let (asked, generated) = try await ask(
            wanted([" Two eggs.\n\n"]), of: tokenizer, answer: try rest(of: tokenizer))
        let step = try #require(tokenizer.continuations[" Two eggs.\n\n"])
        #expect(asked.map(\.prompt) == [tokenizer.bos + (try #require(tokenizer.ids["Q: 2 eggs?\nA:"])) + step])
        let own = try #require(tokenizer.continuations["The rest is sold.\n\n"])
        #expect(generated.steps == [StepText(text: "The rest is sold.\n\n", tokens: own.count)])
        #expect(generated.promptTokens == asked[0].prompt.count)
    }

    @Test("a request has its stop and its seed")
    func stopAndSeed() async throws {
        let (asked, generated) = try await ask(wanted(), of: .qwen2, seed: 11, answer: try rest(of: .qwen2))
        #expect(asked.map(\.stop) == [["\n\n"]])
        #expect(asked.map(\.includesStop) == [true])
        #expect(asked.map(\.seed) == [11])
        #expect(generated.end == .delimiter)
        var cut = try rest(of: .qwen2)
        (cut.finish, cut.stop) = ("length", nil)
        let (whole, _) = try await ask(wanted(stops: false, tokens: cut.tokens.count), of: .qwen2, answer: cut)
        #expect(whole.map(\.stop) == [[]])
    }

    /// vLLM would cut maxTokens to the context without a word.
    @Test("the budget is cut to the context before it is sent")
    func budget() async throws {
        let length = try #require(RecordedTokenizer.smolLM2.ids["Q: 2 eggs?\nA:"]).count
        var cut = try rest(of: .smolLM2)
        (cut.text, cut.tokens, cut.finish, cut.stop) = ("The rest", Array(cut.tokens.prefix(2)), "length", nil)
        let (asked, generated) = try await ask(
            wanted(), of: .smolLM2, contextLength: length + 2, answer: cut)
        #expect(asked.map(\.maxTokens) == [2])
        #expect(generated.end == .context)
        let (roomy, limited) = try await ask(wanted(tokens: 2), of: .smolLM2, answer: cut)
        #expect(roomy.map(\.maxTokens) == [2])
        #expect(limited.end == .maxTokens)
    }

    /// A model may have several ends of the sequence. Where it is a special token its text is left out; where it is not, the text
    /// has it, and the solution must not.
    @Test("any end of the sequence is an end", arguments: [" Two eggs", " Two eggs."])
    func endOfSequence(_ text: String) async throws {
        let answer = EngineDouble.Completion(text: text, tokens: [5713, 5246, 30], stopToken: 30)
        for stops in [true, false] {
            let (_, generated) = try await ask(wanted(stops: stops), of: .smolLM2, answer: answer)
            #expect(generated.end == .eos)
            #expect(generated.steps == [StepText(text: " Two eggs", tokens: 3)])
        }
    }

    /// The token that completes a delimiter may hold more line breaks than that, or the next delimiter.
    @Test("a stop in the middle of a token ends the step", arguments: ["\n\n\n", "\n\n\n\n"]) func stopInsideToken(
        _ last: String
    ) async throws {
        var server = RecordedTokenizer.smolLM2
        server.pieces[7777] = last
        let answer = EngineDouble.Completion(text: " Two\n\n", tokens: [5713, 7777], stop: "\n\n")
        let (_, generated) = try await ask(wanted(), of: server, answer: answer)
        #expect(generated.end == .delimiter)
        #expect(generated.steps == [StepText(text: " Two\n\n", tokens: 2)])
    }

    /// That of some models is the delimiter itself.
    @Test("an end that is a delimiter is an end")
    func delimiterAsEnd() async throws {
        let answer = EngineDouble.Completion(text: " Two eggs\n\n", tokens: [5713, 5246, 1116], stopToken: 1116)
        let (_, generated) = try await ask(wanted(stops: false), of: .smolLM2, answer: answer)
        #expect(generated.end == .eos)
        #expect(generated.steps == [StepText(text: " Two eggs", tokens: 3)])
    }

    /// A server that does not tell its context may run into it; any other answer that is cut too soon is nonsense.
    @Test("a response that is cut too soon is refused")
    func cutTooSoon() async throws {
        let cut = EngineDouble.Completion(text: " Two eggs", tokens: [5713, 5246], finish: "length")
        await #expect(throws: MalformedResponse.self) { try await ask(wanted(), of: .smolLM2, answer: cut) }
        let (_, generated) = try await ask(wanted(), of: .smolLM2, contextLength: .max, answer: cut)
        #expect(generated.end == .context)
    }

    @Test(
        "a text that its tokens do not spell is refused",
        arguments: [
            EngineDouble.Completion(text: " Two egg", tokens: [5713, 5246], finish: "length"),
            EngineDouble.Completion(text: " Two  eggs", tokens: [5713, 5246], finish: "length"),
            EngineDouble.Completion(text: "", tokens: [5713, 5246], finish: "length"),
            EngineDouble.Completion(text: " Two eggs", tokens: [5713, 5246]),
            EngineDouble.Completion(text: " eggs", tokens: [5713, 5246, 30]),
            EngineDouble.Completion(text: " Two\n\n", tokens: [5713, 1116], finish: "length"),
            EngineDouble.Completion(text: " Two\n\n", tokens: [5713, 1116, 30]),
        ])
    func otherText(_ answer: EngineDouble.Completion) async throws {
        await #expect(throws: MalformedResponse.self) {
            try await ask(wanted(tokens: answer.tokens.count), of: .smolLM2, answer: answer)
        }
    }

    @Test("nothing is asked where the context is full")
    func fullContext() async throws {
        let length = try #require(RecordedTokenizer.smolLM2.ids["Q: 2 eggs?\nA:"]).count
        let (asked, generated) = try await ask(
            wanted(), of: .smolLM2, contextLength: length, answer: try rest(of: .smolLM2))
        #expect(asked.isEmpty)
        #expect(generated.end == .context)
        #expect(generated.steps == [StepText(text: "", tokens: 0)])
    }
}

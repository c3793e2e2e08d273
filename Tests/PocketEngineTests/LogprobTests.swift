import Foundation
import TestSupport
import Testing

@testable import PocketEngine

@Suite("Log-probabilities") struct LogprobTests {
    private let golden: [(Fixture, Golden.Causal)]

    init() throws {
        let all = try Golden.shared.get()
        golden = all.tied.map { (.tied, $0) } + all.untied.map { (.untied, $0) }
    }

    @Test("tokens that are read and tokens that are written have those of transformers, whatever the chunks")
    func golden() async throws {
        for (fixture, text) in golden {
            let engine = try fixture.engine()
            defer { engine.stop() }
            func complete(_ prompt: [Int], _ count: Int) async throws -> Completion {
                try await engine.complete(
                    [prompt], choices: 1,
                    SamplingParameters(
                        maxTokens: count, temperature: 0, ignoreEndOfText: true, logprobs: 0, promptLogprobs: 0),
                    cancellation: Cancellation())[0]
            }
            let written = try await complete(text.prompt, text.greedy.count)
            let logprobs = (written.promptProbabilities + written.probabilities).map(\.own.logprob)
            #expect(isClose(logprobs, text.logprobs))
            #expect(written.probabilities.map(\.own.token) == text.greedy)
            #expect(written.probabilities.allSatisfy { $0.own.rank == 1 && $0.likeliest.isEmpty })
            // What was written, read.
            let read = try await complete(text.prompt + text.greedy, 1)
            #expect(read.promptProbabilities.map(\.own.logprob) == logprobs)
        }
    }

    private func isClose(_ some: [Float], _ others: [Float]) -> Bool {
        some.count == others.count && zip(some, others).allSatisfy { abs($0 - $1) < 2e-4 }
    }

    @Test("the likeliest come with each token, in order, and all probabilities sum to one")
    func likeliest() throws {
        let logits: [Float] = [1, 3, 3, -2, 0.5]
        logits.withUnsafeBufferPointer { logits in
            let all = TokenProbability(of: 4, among: logits, likeliest: 20)
            #expect(all.likeliest.map(\.token) == [1, 2, 0, 4, 3])
            #expect(all.likeliest.map(\.rank) == [1, 2, 3, 4, 5])
            #expect(abs(all.likeliest.reduce(0.0) { $0 + exp(Double($1.logprob)) } - 1) < 1e-6)
            #expect(all.all.map(\.token) == [4, 1, 2, 0, 3])
            #expect(TokenProbability(of: 2, among: logits, likeliest: 1).own.rank == 1)
            #expect(TokenProbability(of: 3, among: logits, likeliest: 1).all.map(\.token) == [3, 1])
        }
    }

    @Test("a response has them in vLLM's form")
    func wire() async throws {
        let ids = golden[0].1.greedy
        try await withServer { client in
            func choice(_ more: [String: any Sendable]) async throws -> JSON {
                var body: [String: any Sendable] = [
                    "prompt": golden[0].1.prompt, "max_tokens": 2, "temperature": 0, "logprobs": 2,
                    "prompt_logprobs": 1, "ignore_eos": true,
                ]
                body.merge(more) { $1 }
                return try await client.post("/v1/completions", body).json["choices"][0]
            }
            let byText = try await choice([:])
            #expect(byText["logprobs"]["token_logprobs"].count == 2 && byText["logprobs"]["top_logprobs"].count == 2)
            #expect(byText["prompt_logprobs"].count == golden[0].1.prompt.count)
            #expect(byText["prompt_logprobs"][0].isNull)
            let second = byText["prompt_logprobs"][1]["\(golden[0].1.prompt[1])"]
            #expect(
                second["logprob"].double != nil && second["rank"].int != nil && second["decoded_token"].string != nil)
            let byID = try await choice(["return_tokens_as_token_ids": true])
            #expect(byID["logprobs"]["tokens"][0].string == "token_id:\(ids[0])")
            #expect(byID["logprobs"]["top_logprobs"][0]["token_id:\(ids[0])"].double != nil)
        }
    }
}

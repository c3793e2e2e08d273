import Checkpoints
import Decoding
import Foundation
import JobSpecs
import Testing

@testable import Runner

/// Log-probabilities as real vLLM reports them.
@Suite(.onRealVLLM, .timeLimit(.minutes(10))) struct LikelihoodTests {
    @Test("what a model wrote, it finds as likely when it reads it, in one pass over all steps or the last alone")
    func written() async throws {
        let path = TestModels.path("smollm2")
        var decoding = DecodingSpec.standard
        decoding.tokens = .response(60)
        let generator = Generator(decoding: decoding)
        try await ServedModel.with("target", path) { served in
            let session = served.session()
            for question in ["Count from one to five.", "Name a colour.", "What is 17 + 25?"] {
                let prompt = PromptSpec.chat(ChatPrompt(user: "{question}")).before(question)
                var (steps, written): ([String], [[Float]]) = ([], [])
                var end = StepEnd.delimiter
                // Step by step, so that the model is shown the same tokens when it reads.
                while end == .delimiter, steps.count < 3 {
                    let answer = try await generator.ask(
                        Generation(
                            role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: 60, detail: .spread),
                        prompt: prompt, seed: 1, of: session)
                    let likelihoods = try #require(answer.steps[0].likelihoods)
                    // The likeliest token was taken.
                    #expect(likelihoods.margins?.allSatisfy { $0 >= 0 && $0 <= 1.0001 } ?? false)
                    #expect(likelihoods.entropies?.allSatisfy { $0 >= 0 && $0 <= 3.01 } ?? false)
                    steps.append(answer.steps[0].text)
                    written.append(likelihoods.logprobs)
                    end = answer.end
                }
                for first in [0, steps.count - 1] {
                    let read = try await session.likelihood(
                        LikelihoodRequest(role: .target, steps: steps, first: first, isEnded: end == .eos),
                        after: prompt, endToken: TokenizerFiles.endToken(of: path))
                    #expect(read.steps.count == steps.count - first)
                    for (read, written) in zip(read.steps.map(\.logprobs), written.dropFirst(first)) {
                        #expect(read.count == written.count && zip(read, written).allSatisfy { abs($0 - $1) < 0.01 })
                    }
                }
            }
        }
    }
}

@testable import Decoding
import Foundation
@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Testing

private let problem = ProblemPrompt(question: "Why?", form: .text("Q: Why?\n\n"))

@Suite("The judge") struct JudgeTests {
    private let steps = ["one\n\n", "two\n\n", "end"]

    @Test("a reward does not depend on the order in which the probabilities come")
    func order() throws {
        let digits = (0..<10).map { (String($0), -0.1 - 0.37 * Double($0)) }
        let rewards = try (4..<40).map { size in
            var logprobs = Dictionary<String, Double>(minimumCapacity: 1 << (size % 12))
            for (digit, logprob) in digits.shuffled() { logprobs[digit] = logprob }
            return try Judge.reward(
                of: Completion(
                    text: "1", tokenIDs: [1], finish: .length, promptTokens: 1, completionTokens: 1,
                    topLogprobs: [logprobs]))
        }
        #expect(Set(rewards).count == 1)
    }

    @Test("each step is a question of its own")
    func questions() async throws {
        let prm = ToyPRM(write: { $0.contains("two\n\nend") ? ("3", ["3": 0]) : ("9", ["9": 0]) })
        let scored = try await prm.withSession { session in
            try await Judge(overlong: .fail).ask(Scoring(steps: steps, unscored: [1, 2]), about: problem, of: session)
        }
        func prompt(_ solution: String) -> String {
            "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n\(solution)<|im_end|>\n<|im_start|>user\n"
                + Judge.instruction + "<|im_end|>\n<|im_start|>assistant\n"
        }
        let prompts = [prompt("one\n\ntwo\n\n"), prompt("one\n\ntwo\n\nend")]
        #expect(prm.passes.sorted() == prompts.sorted())
        #expect(scored.rewards == [1, 1.0 / 3])
        #expect(scored.tokens == [4, 3])
        let lengths = prompts.map { ToyTokenizer.encode($0, addSpecialTokens: false).count }
        #expect(scored.promptTokens == lengths.reduce(0, +))
    }

    @Test("the reward is the mean of the digits")
    func mean() throws {
        func reward(_ text: String, _ probabilities: [String: Double]?) throws -> Double {
            try Judge.reward(
                of: Completion(
                    text: text, tokenIDs: [1], finish: .length, promptTokens: 1, completionTokens: 1,
                    topLogprobs: probabilities.map { [$0.mapValues { log($0) }] }))
        }
        #expect(try abs(reward("9", ["9": 0.5, "0": 0.25, "the": 0.25]) - 2.0 / 3) < 1e-12)
        #expect(try abs(reward(" 7", [" 7": 0.4, "7": 0.4, "10": 0.2]) - 7.0 / 9) < 1e-12)
        #expect(try reward("0", ["0": 1]) == 0)
        for text in ["", "The", "10", "-", "٣", "<think>"] {
            #expect(throws: MalformedResponse.self, "\(text)") { try reward(text, [text: 0.9, "0": 0.1]) }
        }
        #expect(throws: MalformedResponse.self) { try reward("9", nil) }
        #expect(throws: MalformedResponse.self) { try reward("9", ["a": 1]) }
    }

    @Test("a judge that writes no digit gives no reward")
    func noDigit() async throws {
        await #expect(throws: MalformedResponse.self) {
            try await ToyPRM(write: { _ in ("Sure", ["Sure": -0.1, "0": -3]) }).withSession { session in
                try await Judge(overlong: .fail).ask(
                    Scoring(steps: steps, unscored: [0]), about: problem, of: session)
            }
        }
    }

    @Test("a short context is treated as with any PRM", arguments: OverlongPolicy.allCases) func shortContext(
        _ policy: OverlongPolicy
    ) async throws {
        let long = String(repeating: "long ", count: 20)
        // Room for the instruction and for one long step with the question, and not for two.
        let prm = ToyPRM(contextLength: Judge.instruction.count + 200)
        let scored = try await prm.withSession { session in
            try await Judge(overlong: policy).ask(
                Scoring(steps: [long, long, "end"], unscored: [0, 1, 2]), about: problem, of: session)
        }
        #expect(scored.overlong == (policy == .fail ? [1, 2] : []))
        #expect(scored.dropped == (policy == .fail ? [] : [0, 1, 1]))
        #expect(scored.rewards == (policy == .fail ? [1] : [1, 1, 1]))
    }
}

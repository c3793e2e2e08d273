@testable import Decoding
import Foundation
@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Testing

/// What the target reads where it judges by itself, and what its answer means.
@Suite("The target as judge") struct TargetJudgeTests {
    private let steps = ["one\n\n", "two"]
    private let text = ProblemPrompt(question: "Why?", form: .text("Q: Why?\n\n"))
    private let chat = ProblemPrompt(
        question: "Why?",
        form: .chat([ChatMessage(role: "system", content: "S"), ChatMessage(role: "user", content: "Q: Why?")]))

    private func wanted(_ digit: DigitReading = .greedy) -> Scoring {
        Scoring(role: .target, steps: steps, unscored: [1], digit: digit)
    }

    @Test("it reads the steps as its thoughts, and its next turn is begun")
    func conversation() async throws {
        for (thinking, begin) in [
            (nil, "<think>"), (.off, ""), (.marked(MarkedThinking(begin: "[THINK]", end: "[/THINK]")), "[THINK]"),
        ] as [(ThinkingSpec?, String)] {
            let target = ToyPRM(write: { _ in ("7", ["7": -0.1]) })
            let scored = try await target.withSession { session in
                try await TargetJudge(thinking: thinking).ask(wanted(), after: chat, of: session)
            }
            let prompt =
                "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ: Why?<|im_end|>\n<|im_start|>assistant\n"
                + "\(begin)one\n\ntwo\n\n<|im_end|>\n<|im_start|>user\n\(TargetJudge.question)<|im_end|>\n"
                + "<|im_start|>assistant\n\(begin)I think the quality score is: "
            #expect(target.passes == [prompt])
            #expect(
                scored
                    == Scored(
                        role: .target, rewards: [7.0 / 9], tokens: [3],
                        promptTokens: ToyTokenizer.encode(prompt, addSpecialTokens: false).count))
        }
    }

    @Test("steps that begin with the mark get no second one")
    func marked() async throws {
        let target = ToyPRM(write: { _ in ("7", ["7": -0.1]) })
        let steps = ["<think>\none\n\n"]
        _ = try await target.withSession { session in
            try await TargetJudge(thinking: nil).ask(
                Scoring(role: .target, steps: steps, unscored: [0]), after: chat, of: session)
        }
        #expect(target.passes[0].contains("assistant\n<think>\none\n\n<|im_end|>"))
    }

    @Test("after a prompt that is text, it reads the same as text")
    func plainText() async throws {
        let target = ToyPRM(write: { _ in ("7", ["7": -0.1]) })
        _ = try await target.withSession { session in
            try await TargetJudge(thinking: nil).ask(wanted(), after: text, of: session)
        }
        #expect(
            target.passes == [
                "<s>Q: Why?\n\none\n\ntwo\n\n" + TargetJudge.question + "\n\nI think the quality score is: "
            ])
    }

    @Test("a score comes from the token alone, or from the likeliest digits")
    func digits() {
        func score(_ reading: DigitReading, _ token: String, _ likeliest: [String: Double] = [:]) -> Double {
            reading.score(of: token, likeliest.mapValues { log($0) })
        }
        for digit in 0...9 { #expect(score(.greedy, "\(digit)") == Double(digit)) }
        for token in ["", " 7", "7.", "-", "The", "<|im_end|>", "\n", "٣", "²", "\u{fffd}"] {
            #expect(score(.greedy, token, ["9": 1]) == 0, "\(token)")
        }
        #expect(score(.greedy, "10") == 9)
        #expect(score(.greedy, "07") == 7)
        #expect(abs(score(.average, "the", ["the": 0.5, "9": 0.3, "3": 0.1, " 7": 0.1]) - 7.5) < 1e-12)
        #expect(score(.average, "9", ["the": 1, " 9": 0.5]) == 0)
        #expect(score(.average, "9", [:]) == 0)
        #expect(score(.average, "100", ["100": 1]) == 9)
        #expect(DigitReading.average.score(of: "9", ["9": -9999]) == 0)
    }

    @Test("a mean does not depend on the order in which the probabilities come")
    func order() {
        let digits = (0..<10).map { (String($0), -0.1 - 0.37 * Double($0)) }
        let scores = (4..<40).map { size in
            var likeliest = Dictionary<String, Double>(minimumCapacity: 1 << (size % 12))
            for (digit, logprob) in digits.shuffled() { likeliest[digit] = logprob }
            return DigitReading.average.score(of: "1", likeliest)
        }
        #expect(Set(scores).count == 1)
    }

    @Test("one request gives the digit and the mean")
    func once() async throws {
        let target = ToyPRM(write: { _ in ("9", ["9": log(0.75), "1": log(0.25)]) })
        let scores = try await target.withSession { session in
            var scores: [Double] = []
            for reading in DigitReading.allCases {
                scores += try await TargetJudge(thinking: nil).ask(wanted(reading), after: chat, of: session).rewards
            }
            return scores
        }
        #expect(target.passes.count == 1)
        #expect(scores.count == 2 && scores[0] == 1 && abs(scores[1] - 7.0 / 9) < 1e-12)
    }

    @Test("an answer without probabilities is an error, and so is a long solution")
    func faults() async throws {
        await #expect(throws: EngineAnswerError.self) {
            try await ToyPRM(write: { _ in ("9", nil) }).withSession { session in
                try await TargetJudge(thinking: nil).ask(wanted(), after: chat, of: session)
            }
        }
        let error = await #expect(throws: PermanentFailure.self) {
            try await ToyPRM(contextLength: 100).withSession { session in
                try await TargetJudge(thinking: nil).ask(wanted(), after: chat, of: session)
            }
        }
        #expect(error?.reason.contains("up to step 2 and the question about it are too long for the target") == true)
    }
}

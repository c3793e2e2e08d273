import Decoding
import Foundation
import Graders
import Methods
@testable import ModelLifecycle
@testable import Reporting
@testable import Support
import TestSupport
import Testing

/// Foundation sorts the fields of an object; own code only writes them in that order.
@Suite("Objects that are written field by field") struct JSONFieldsTests {
    private func check(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let expected = String(decoding: try encoder.encode(value), as: UTF8.self)
        #expect(try DirectEncoder.encode(value).map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("token counts, steps and what a model wrote have the bytes that Foundation writes")
    func events() throws {
        var random = SeededRandom(seed: 3)
        func number() -> Int { Int.random(in: 0...3, using: &random) }
        for _ in 0..<300 {
            var tokens = TokenCounts()
            (tokens.draft.kept, tokens.draft.judged, tokens.target.rejected) = (number(), number(), number())
            (tokens.prm.judged, tokens.prm.prompt) = (number(), number())
            try check(tokens)
            var step = Step(
                text: "a/\"\n\u{1}é", origin: .target, reward: number() == 0 ? nil : 0.25,
                dropped: number() == 0 ? nil : number(),
                rejected: number() == 0 ? RejectedStep(text: "b", reward: 1, dropped: number()) : nil,
                alternatives: number() == 0 ? [Alternative(text: "c", reward: nil), Alternative(text: "")] : nil)
            if number() == 0 { step.value = 7 }
            try check([step])
            #expect(try JSONText.decode(Step.self, from: JSONText.encode(step)) == step)
            try check(StepText(text: "", tokens: number()))
        }
    }

    @Test("a request for a completion has the bytes that Foundation writes")
    func requests() throws {
        try check(
            CompletionQuestion(model: "m", CompletionRequest(promptTokens: [], maxTokens: 1, seed: 2), isStreamed: true)
        )
        let full = CompletionRequest(
            promptTokens: [1, -2, 3], maxTokens: 4, temperature: 0.7, topP: 0.95, topK: 5, minP: 0.1,
            repetitionPenalty: 1.5, seed: 6, stop: ["\n\n", "é"], includeStop: false, keepsSpecialTokens: true,
            logprobs: 7, namesTokensByID: true, promptLogprobs: true, allowedTokens: [8, 9])
        try check(CompletionQuestion(model: "m/n", full, isStreamed: false))
    }

    @Test("a line of the results has the bytes that Foundation writes")
    func results() throws {
        var trajectory = Trajectory(
            id: TrajectoryID(method: "m", dataset: "d", problem: "p/1"),
            limits: Limits(delimiter: "\n\n", maxTokens: 9, maxSteps: 9), method: SingleModel(role: .draft))
        try trajectory.replay(.failed(reason: "f"))
        for answer in [nil, "1"] {
            var line = ResultLine(
                trajectory, finish: .failed, gold: "é", meta: answer == nil ? [:] : ["b": .string("x"), "a": .null],
                grade: Grade(.wrong, reason: answer, answer: answer))
            try check(line)
            (line.verdicts, line.afterThoughts) = (Verdicts(accepted: 1, rejected: 2), Nulled(wrappedValue: answer))
            line.steps = [Step(text: "s", origin: .draft)]
            try check(line)
        }
    }

    @Test("a problem of the page has the bytes that Foundation writes")
    func page() throws {
        try check(ProblemBlock(question: "q", gold: "g"))
        try check(ProblemBlock.Part(x: 1, h: [2, 3], r: 0.5, n: 4))
        try check(
            ProblemBlock.Step(
                x: 1, h: [], o: .draft, r: 0, n: 2, j: ProblemBlock.Part(x: 3), a: [ProblemBlock.Part(x: 4, r: 1)]))
        try check(
            ProblemBlock.Trajectory(
                finish: .lowRewards, answer: "1", failure: "f", verdict: .wrong, reason: "r", tokens: TokenCounts(),
                steps: [ProblemBlock.Step(x: 1, o: .target)],
                candidates: [
                    ProblemBlock.Candidate(x: 2, finish: .eos, rewards: [0.5, nil], chosen: true)
                ]))
    }
}

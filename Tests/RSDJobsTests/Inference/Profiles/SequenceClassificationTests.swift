@testable import Decoding
@testable import JobSpecs
@testable import Runner
import Testing

/// What an outcome reward model reads for each step: the question, and a response that ends with that step.
@Suite("An outcome reward model as judge of steps") struct SequenceClassificationTests {
    private static let problem = ProblemPrompt(question: "Why?", form: .text("Q: Why?\n\n"))
    private static let steps = ["one\n\n", "\ntwo\n\n", "end"]
    /// What each step is the end of.
    private static let conversations = ["one", "one\n\n\ntwo", "one\n\n\ntwo\n\nend"].map {
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n\($0)<|im_end|>\n"
    }
    private let scorer = SequenceClassification(overlong: .fail)

    private func value(_ text: String) -> Double {
        ToyPRM.value(at: ToyTokenizer.encode(text, addSpecialTokens: false))
    }

    @Test("each step is judged as the end of a response, in a pass of its own") func eachStep() async throws {
        let prm = ToyPRM()
        let scored = try await prm.withSession { session in
            try await scorer.ask(Scoring(steps: Self.steps, unscored: [0, 1, 2]), about: Self.problem, of: session)
        }
        #expect(prm.passes.sorted() == Self.conversations.sorted())
        #expect(scored.rewards == Self.conversations.map(value))
        #expect(scored.dropped.isEmpty && scored.overlong.isEmpty)
        #expect(scored.promptTokens == Self.conversations.reduce(0) { $0 + $1.toyTokens })
        // No beginning of the last pass is what a shorter solution costs.
        #expect(!scored.isOnePass)
    }

    @Test("only the steps in question are passes") func unscored() async throws {
        let prm = ToyPRM()
        let scored = try await prm.withSession { session in
            try await scorer.ask(Scoring(steps: Self.steps, unscored: [1]), about: Self.problem, of: session)
        }
        #expect(prm.passes == [Self.conversations[1]] && scored.rewards == [value(Self.conversations[1])])
    }

    @Test("the same response is asked about once") func once() async throws {
        let prm = ToyPRM()
        try await prm.withSession { session in
            for unscored in [[0, 1, 2], [1], [0, 2]] {
                _ = try await scorer.ask(
                    Scoring(steps: Self.steps, unscored: unscored), about: Self.problem, of: session)
            }
        }
        #expect(prm.passes.count == 3)
    }

    @Test("a model of two labels, or of a number that is no probability, is an error") func unfit() async throws {
        let unfit = [
            ToyPRM(columns: 2), ToyPRM(corrupt: { "{\"data\":[{\"data\":\($0.map { $0.map { $0 + 1 } })}]}" }),
        ]
        for prm in unfit {
            await #expect(throws: MalformedResponse.self) {
                try await prm.withSession { session in
                    try await scorer.ask(Scoring(steps: ["a"], unscored: [0]), about: Self.problem, of: session)
                }
            }
        }
    }
}

extension String {
    /// Its tokens in ``ToyTokenizer``.
    fileprivate var toyTokens: Int { ToyTokenizer.encode(self, addSpecialTokens: false).count }
}

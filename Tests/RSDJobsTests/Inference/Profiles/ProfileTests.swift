@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Runner
import Testing

private let problem = ProblemPrompt(question: "Why?", form: .text("Q: Why?\n\n"))

/// What each profile has its model read, token for token, and where it looks for the rewards.
@Suite("PRM profiles") struct ProfileTests {
    /// A scorer, the columns of its model's rows, what is read up to each of two steps, and whether special tokens stand there.
    struct Golden: Sendable, CustomTestStringConvertible {
        var name: String
        var scorer: @Sendable (OverlongPolicy) -> any OnePassScorer
        var columns = 1
        /// The last token of each has the score of the step that ends there.
        var parts: [String]

        var testDescription: String { name }

        /// With the profile whose passes are not parts of each other (``SequenceClassificationTests``).
        static let all =
            ProfileTests.goldens + [
                Golden(name: "sequence-classification", scorer: { SequenceClassification(overlong: $0) }, parts: [])
            ]
    }

    private static let chat =
        "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n"
        + "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n"

    static let goldens = [
        Golden(
            name: "skywork", scorer: { Skywork(stepToken: "\n\n", beginningToken: "<|im_start|>", overlong: $0) },
            parts: ["<|im_start|>Why?\none¶", "\ntwo¶", "¶", "end¶"]),
        Golden(
            name: "skywork without a beginning token, with upstream's step token",
            scorer: { Skywork(stepToken: "\n", beginningToken: nil, overlong: $0) },
            parts: ["Why?\none\n", "\ntwo\n", "\n", "end\n"]),
        Golden(
            name: "qwen-prm", scorer: { QwenPRM(overlong: $0) }, columns: 2,
            parts: [chat + "one<extra_0>", "\ntwo<extra_0>", "<extra_0>", "end<extra_0>"]),
        Golden(
            name: "token-classification", scorer: { TokenClassification(overlong: $0) },
            parts: ["<s>Q: Why?\n\none\n\n", "\ntwo\n\n", "\n\n", "end"]),
        Golden(
            name: "math-shepherd", scorer: { MathShepherd(model: "", overlong: $0) },
            parts: ["<s>Why? one ки", "\n\ntwo ки", "\n ки", "\nend ки"]),
        Golden(
            name: "rlhflow", scorer: { RLHFlow(model: "", overlong: $0) },
            parts: [
                "<|im_start|>user\nWhy? one<|im_end|>\n<|im_start|>assistant\n",
                "+<|im_end|>\n<|im_start|>user\n\ntwo<|im_end|>\n<|im_start|>assistant\n",
                "+<|im_end|>\n<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n",
                "+<|im_end|>\n<|im_start|>user\nend<|im_end|>\n<|im_start|>assistant\n",
            ]),
    ]

    /// A step that begins with a line break (a run of three), one of the delimiter alone, and one that is open at its end.
    private static let steps = ["one\n\n", "\ntwo\n\n", "\n\n", "end"]

    @Test("each profile reads as its model was trained", arguments: goldens) func golden(_ golden: Golden) async throws
    {
        let prm = ToyPRM(columns: golden.columns)
        let scored = try await prm.withSession { session in
            try await golden.scorer(.fail).ask(
                Scoring(steps: Self.steps, unscored: [0, 1, 2, 3]), about: problem, of: session)
        }
        #expect(prm.passes == [golden.parts.joined()])
        let expected = try await ends(of: golden).map(ToyPRM.value(at:))
        #expect(scored.rewards == expected)
        #expect(scored.dropped.isEmpty && scored.overlong.isEmpty)
        #expect(scored.promptTokens == (try await ends(of: golden)).last?.count)
    }

    @Test("only the steps in question get rewards", arguments: goldens) func unscored(_ golden: Golden) async throws {
        let scored = try await ToyPRM(columns: golden.columns).withSession { session in
            try await golden.scorer(.fail).ask(
                Scoring(steps: Self.steps, unscored: [1, 3]), about: problem, of: session)
        }
        let all = try await ends(of: golden)
        #expect(scored.rewards == [ToyPRM.value(at: all[1]), ToyPRM.value(at: all[3])])
        #expect(scored.tokens == [all[1].count - all[0].count, all[3].count - all[2].count])
    }

    /// The tokens up to each step's score, put together from the golden parts by hand: a `¶` is one token.
    private func ends(of golden: Golden) async throws -> [[Int]] {
        var ids: [Int] = []
        return golden.parts.map { part in
            for piece in part.split(separator: "¶", omittingEmptySubsequences: false).enumerated() {
                if piece.offset > 0 { ids += ToyTokenizer.encode("\n\n", addSpecialTokens: false) }
                // A full stop keeps a pair of line breaks at the end from being read as one token.
                ids += ToyTokenizer.encode(piece.element + ".", addSpecialTokens: false).dropLast()
            }
            return ids
        }
    }

    /// Trajectories that came to the same steps in other ways want other rewards of them; to the engine it is one question.
    @Test("the same reading is asked for once", arguments: goldens) func once(_ golden: Golden) async throws {
        let prm = ToyPRM(columns: golden.columns)
        try await prm.withSession { session in
            let wanted = [[0, 1, 2, 3], [1, 3], [3]].map { Scoring(steps: Self.steps, unscored: $0) }
            let answers = try await withThrowingTaskGroup(of: (Int, Scored).self) { group in
                for (place, wanted) in wanted.enumerated() {
                    group.addTask { (place, try await golden.scorer(.fail).ask(wanted, about: problem, of: session)) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            let whole = try #require(answers[0])
            #expect(answers[1]?.rewards == [whole.rewards[1], whole.rewards[3]])
            #expect(answers[2]?.rewards == [whole.rewards[3]])
            // Each costs what it would have cost alone.
            #expect(answers.values.allSatisfy { $0.promptTokens == whole.promptTokens })
        }
        #expect(prm.passes.count == 1)
    }

    @Test(
        "the first rewards of one pass are those of the shorter solution, with what reading that costs",
        arguments: goldens)
    func shorter(_ golden: Golden) async throws {
        try await ToyPRM(columns: golden.columns).withSession { session in
            func ask(_ count: Int) async throws -> Scored {
                try await golden.scorer(.fail).ask(
                    Scoring(steps: Array(Self.steps[..<count]), unscored: Array(0..<count)), about: problem, of: session
                )
            }
            let whole = try await ask(Self.steps.count)
            #expect(whole.isOnePass)
            for count in 1...Self.steps.count {
                let alone = try await ask(count)
                #expect(alone.isOnePass && alone.rewards == Array(whole.rewards[..<count]))
                #expect(alone.tokens == Array(whole.tokens[..<count]))
                #expect(alone.promptTokens == whole.promptTokens(upTo: count - 1))
            }
        }
    }

    @Test("responses that do not fit are no rewards", arguments: goldens) func malformed(_ golden: Golden) async throws
    {
        let corruptions: [@Sendable ([[Double]]) -> String?] = [
            { "{\"data\":[{\"data\":\($0.dropLast())}]}" },
            { "{\"data\":[{\"data\":\($0 + $0.suffix(1))}]}" },
            { _ in #"{"data":[{"data":[]}]}"# },
            { "{\"data\":[{\"data\":\($0.map { $0 + [0.5] })}]}" },
            { "{\"data\":[{\"data\":\($0.map { $0.map { $0 + 1 } })}]}" },
            { rows in
                let nulls = rows.map { "[\($0.map { _ in "null" }.joined(separator: ","))]" }
                return "{\"data\":[{\"data\":[\(nulls.joined(separator: ","))]}]}"
            },
        ]
        for (index, corrupt) in corruptions.enumerated() {
            await #expect(throws: (any Error).self, "corruption \(index)") {
                try await ToyPRM(columns: golden.columns, corrupt: corrupt).withSession { session in
                    try await golden.scorer(.fail).ask(
                        Scoring(steps: Self.steps, unscored: [0, 1, 2, 3]), about: problem, of: session)
                }
            }
        }
    }

    @Test("a tokenizer without the tag is an error")
    func noTag() async throws {
        try await ToyPRM().withSession { session in
            await #expect(throws: PermanentFailure.self) { try await session.onlyToken(in: "<extra_1>") }
        }
    }

    @Test("a step that reads otherwise when more follows is read separately")
    func readApart() {
        let reading = Reading(problem: [1], prefixes: [[1, 2, 3], [1, 2, 4, 5], [1, 2, 4, 5, 6]])
        #expect(reading.apart == [0: [1, 2, 3]])
        #expect(reading.ends == [2, 3, 4])
        #expect(reading.head == 1)
        let tokens: [Int] = (0...2).map { reading.tokens(ofStep: $0) }
        #expect(tokens == [2, 1, 1])
    }

    /// Where the tag is read with the text around it, it must be the same tag.
    @Test("a step without text has the tag alone")
    func emptyStep() async throws {
        let prm = ToyPRM()
        let shepherd = MathShepherd(model: "", overlong: .fail)
        try await prm.withSession { session in
            for steps in [[""], ["one\n\n", ""]] {
                _ = try await shepherd.ask(
                    Scoring(steps: steps, unscored: [steps.count - 1]), about: problem, of: session)
            }
        }
        #expect(prm.passes == ["<s>Why? ки", "<s>Why? one ки\n ки"])
    }

    /// All at once or one at a time: the mark after a step without text has a reward of its own.
    @Test(
        "a step without text has a reward of its own", arguments: goldens.filter { $0.name != "token-classification" })
    func emptyStepJudged(_ golden: Golden) async throws {
        try await ToyPRM(columns: golden.columns).withSession { session in
            let scorer = golden.scorer(.fail)
            for steps in [[""], ["one\n\n", ""], ["\n\n", ""]] {
                let places = Array(steps.indices)
                let all = try await scorer.ask(Scoring(steps: steps, unscored: places), about: problem, of: session)
                #expect(Set(all.rewards).count == steps.count)
                for place in places {
                    let one = Scoring(steps: Array(steps[...place]), unscored: [place])
                    #expect(try await scorer.ask(one, about: problem, of: session).rewards == [all.rewards[place]])
                }
            }
        }
    }
}

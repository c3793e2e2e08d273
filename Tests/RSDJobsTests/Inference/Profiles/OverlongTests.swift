import TestSupport
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import Runner

private let problem = ProblemPrompt(question: "Why?", form: .text("Q: Why?\n\n"))

/// Reads characters without asking anybody.
private struct CharacterScorer: OnePassScorer {
    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) -> Reading { read(steps) }

    func read(_ steps: [String]) -> Reading {
        func tokens(_ text: String) -> [Int] { ToyTokenizer.encode(text + ".", addSpecialTokens: false) }
        return Reading(head: tokens(problem.question), steps: steps.map(tokens))
    }

    func reward(of row: [Double]) -> Double? { row.first }
}

/// What a short context does to the steps that do not fit, and what it must not do to those that do.
@Suite("Steps that do not fit the PRM's context") struct OverlongTests {
    private static let steps = ["one\n\n", "a longer step\n\n", "\n\n", "x\n\n", "the last of them"]

    /// The rewards of all steps at once are those of each step when it is the last, whatever the length of the context.
    @Test("all steps at once get the rewards that each gets alone", arguments: OverlongPolicy.allCases) func equal(
        _ policy: OverlongPolicy
    ) async throws {
        let scorer = CharacterScorer(overlong: policy)
        let whole = scorer.read(Self.steps)
        var seen: Set<String> = []
        for limit in Set([0] + whole.ends + whole.ends.map { $0 + 1 } + [18, 25, 29]) {
            try await ToyPRM(contextLength: limit).withSession { session in
                let each = try await oneAtATime(scorer, session)
                #expect(try await allAtOnce(scorer, session) == each, "context \(limit)")
                seen.formUnion(each.map { $0.map { $0.dropped > 0 ? "window" : "whole" } ?? "overlong" })
            }
        }
        #expect(seen == (policy == .fail ? ["whole", "overlong"] : ["whole", "window", "overlong"]))
    }

    @Test(
        "with every profile, all at once is one at a time", arguments: ProfileTests.Golden.all, OverlongPolicy.allCases)
    func everyProfile(
        _ golden: ProfileTests.Golden, _ policy: OverlongPolicy
    ) async throws {
        let scorer = golden.scorer(policy)
        let whole = try await ToyPRM().withSession { session in
            try await scorer.read(Self.steps, of: problem, in: session)
        }
        let prm = ToyPRM(columns: golden.columns, contextLength: whole.ends[2] + 1)
        try await prm.withSession { session in
            let each = try await oneAtATime(scorer, session)
            #expect(try await allAtOnce(scorer, session) == each)
            #expect(each.prefix(3).allSatisfy { $0?.dropped == 0 })
            #expect(policy == .fail ? each[3] == nil : (each[3]?.dropped ?? 0) > 0)
        }
    }

    private func oneAtATime(_ scorer: any PRMScorer, _ session: ModelSession) async throws -> [Verdict?] {
        var each: [Verdict?] = []
        for step in Self.steps.indices {
            each += try await verdicts(scorer, Array(Self.steps[...step]), [step], session)
            // The trajectory has failed: no later step is ever asked about.
            if each.last == .some(nil) { break }
        }
        return each
    }

    private func allAtOnce(_ scorer: any PRMScorer, _ session: ModelSession) async throws -> [Verdict?] {
        let all = try await verdicts(scorer, Self.steps, Array(Self.steps.indices), session)
        return Array(all.prefix((all.firstIndex(of: nil) ?? all.count) + 1))
    }

    private struct Verdict: Equatable {
        var reward: Double
        var tokens: Int
        var dropped: Int
    }

    private func verdicts(
        _ scorer: any PRMScorer, _ steps: [String], _ unscored: [Int], _ session: ModelSession
    ) async throws -> [Verdict?] {
        let scored: Scored
        do {
            scored = try await scorer.ask(Scoring(steps: steps, unscored: unscored), about: problem, of: session)
        } catch is PermanentFailure {
            return unscored.map { _ in nil }
        }
        #expect(scored.rewards.count + scored.overlong.count == unscored.count)
        var place = 0
        return unscored.map { step in
            if scored.overlong.contains(step) { return nil }
            defer { place += 1 }
            return Verdict(
                reward: scored.rewards[place], tokens: scored.tokens[place],
                dropped: scored.dropped.isEmpty ? 0 : scored.dropped[place])
        }
    }

    @Test("a window keeps the question and drops as few steps as possible")
    func window() async throws {
        let prm = ToyPRM(contextLength: 22)
        let scorer = Skywork(stepToken: "\n\n", beginningToken: nil, overlong: .window)
        let scored = try await prm.withSession { session in
            try await scorer.ask(
                Scoring(steps: ["first\n\n", "second\n\n", "third\n\n"], unscored: [0, 1, 2]), about: problem,
                of: session)
        }
        #expect(prm.passes == ["Why?\nfirst¶second¶", "Why?\nsecond¶third¶"])
        #expect(scored.dropped == [0, 0, 1])
        #expect(scored.overlong.isEmpty)
        #expect(scored.promptTokens == 18 + 18)
    }

    @Test("steps that do not fit are reported as overlong")
    func doNotFit() async throws {
        let prm = ToyPRM(contextLength: 12)
        let scorer = Skywork(stepToken: "\n\n", beginningToken: nil, overlong: .fail)
        try await prm.withSession { session in
            let scored = try await scorer.ask(
                Scoring(steps: ["first\n\n", "second\n\n"], unscored: [0, 1]), about: problem, of: session)
            #expect(scored.rewards.count == 1)
            #expect(scored.overlong == [1])
            let error = await #expect(throws: PermanentFailure.self) {
                try await scorer.ask(
                    Scoring(steps: ["first\n\n", "second\n\n"], unscored: [1]), about: problem, of: session)
            }
            #expect(error?.reason.names("2", "12") == true)
        }
        #expect(prm.passes == ["Why?\nfirst¶"])
    }
}

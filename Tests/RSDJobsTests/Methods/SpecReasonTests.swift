@testable import Decoding
@testable import Methods
@testable import ModelDoubles
import Testing

/// The target as judge, and what of its rules is the authors' code.
@Suite("specreason") struct SpecReasonTests {
    private func trajectory(
        _ settings: SpecReasonSettings = SpecReasonSettings(), lookahead: Lookahead = .all, limits: Limits = .roomy
    ) -> Trajectory {
        Trajectory(
            id: TrajectoryID(method: "specreason", dataset: "d", problem: "p"), limits: limits,
            method: SpecReason(settings: settings, lookahead: lookahead))
    }

    private func score(_ digit: Double, read: Int = 0) -> Event {
        .scored(Scored(role: .target, rewards: [digit / 9], tokens: [1], promptTokens: read))
    }

    // MARK: Decisions

    @Test("a score that equals the threshold is enough", arguments: 0...9)
    func threshold(_ threshold: Int) throws {
        for digit in 0...9 {
            var trajectory = trajectory(SpecReasonSettings(threshold: Double(threshold)))
            try trajectory.apply([.drafted("a\n\n", end: .eos), score(Double(digit))])
            #expect((trajectory.needs.first?.role == .target) == (digit < threshold), "\(digit)")
        }
    }

    @Test("a mean just below the threshold is not enough")
    func mean() throws {
        for (digit, isKept) in [(6.999999, false), (7.0, true), (7.000001, true)] {
            var trajectory = trajectory(SpecReasonSettings(score: .average), lookahead: .steps(1))
            try trajectory.apply(.drafted("a\n\n", end: .delimiter))
            guard case .score(let wanted)? = trajectory.needs.first else { throw Runaway() }
            #expect(wanted.digit == .average && wanted.role == .target && wanted.unscored == [0])
            try trajectory.apply(score(digit))
            #expect(trajectory.response.steps.count == (isKept ? 1 : 0))
        }
    }

    @Test("the target judges one step after the other, up to the first that falls, and writes it")
    func oneByOne() throws {
        var trajectory = trajectory()
        try trajectory.apply(.drafted("a\n\n", "b\n\n", "c", end: .eos))
        for (steps, digit) in [(["a\n\n"], 9.0), (["a\n\n", "b\n\n"], 3)] {
            #expect(
                trajectory.needs == [
                    .score(Scoring(role: .target, steps: steps, unscored: [steps.count - 1], digit: .greedy))
                ])
            try trajectory.apply(score(digit, read: 10))
        }
        #expect(
            trajectory.needs == [
                .generate(Generation(role: .target, steps: ["a\n\n"], stopsAtDelimiter: true, maxTokens: 512))
            ])
        try trajectory.apply(.rewrote("B\n\n", end: .delimiter))
        let response = trajectory.response
        #expect(response.steps.map(\.text) == ["a\n\n", "B\n\n"])
        #expect(response.steps[1].rejected == RejectedStep(text: "b\n\n", reward: 3.0 / 9))
        #expect(response.steps[0].reward == 1)
        #expect(response.verdicts == Verdicts(accepted: 1, rejected: 1))
        #expect(response.tokens.draft == written(kept: 3, rejected: 3, lookahead: 1))
        #expect(response.tokens.target == written(kept: 3, prompt: 20, judged: 2))
        #expect(response.tokens.prm == TokenCounts.Read())
        #expect(response.waves == 1)
        #expect(trajectory.needs.first?.role == .draft)
    }

    private func written(kept: Int = 0, rejected: Int = 0, lookahead: Int = 0, prompt: Int = 0, judged: Int = 0)
        -> TokenCounts.Written
    {
        var counts = TokenCounts.Written()
        (counts.kept, counts.rejected, counts.lookahead) = (kept, rejected, lookahead)
        (counts.prompt, counts.judged) = (prompt, judged)
        return counts
    }

    @Test("the first steps are the target's own, and nobody judges them")
    func firstSteps() throws {
        var trajectory = trajectory(SpecReasonSettings(firstSteps: 2))
        for text in ["a</think>\n\n", "b\n\n"] {
            guard case .generate(let wanted)? = trajectory.needs.first else { throw Runaway() }
            #expect(wanted.role == .target && wanted.stopsAtDelimiter)
            try trajectory.apply(.rewrote(text, end: .delimiter))
        }
        #expect(trajectory.needs.first?.role == .draft)
        #expect(trajectory.response.text == "a</think>\n\nb\n\n")
        #expect(trajectory.response.verdicts == nil)
        #expect(trajectory.response.waves == 1)
        try trajectory.apply(.drafted("c", end: .eos))
        #expect(trajectory.response.waves == 2)
    }

    // MARK: Ends

    @Test("a response ends at a step with an answer", arguments: ["\\boxed{1}\n\n", "Answer: 1\n\n", "ANSWER: 1\n\n"])
    func answer(_ step: String) throws {
        var drafted = trajectory()
        try drafted.apply([.drafted(step, "more\n\n", end: .delimiter), score(9)])
        #expect(drafted.response.finish == .answered)
        #expect(drafted.response.text == step)
        #expect(drafted.response.tokens.draft.lookahead == 6)
        var rewritten = trajectory()
        try rewritten.apply([.drafted("a\n\n", end: .delimiter), score(0), .rewrote(step, end: .delimiter)])
        #expect(rewritten.response.finish == .answered)
        var first = trajectory(SpecReasonSettings(firstSteps: 1))
        try first.apply(.rewrote(step, end: .delimiter))
        #expect(first.response.finish == .answered)
        var further = trajectory(SpecReasonSettings(until: .end))
        try further.apply([.drafted(step, "more", end: .eos), score(9)])
        #expect(further.response.finish == nil)
    }

    @Test("words that only resemble an answer end nothing", arguments: ["answer: 1\n\n", "Answer 1\n\n", "box\n\n"])
    func noAnswer(_ step: String) throws {
        var trajectory = trajectory()
        try trajectory.apply([.drafted(step, end: .delimiter), score(9)])
        #expect(trajectory.response.finish == nil)
    }

    @Test("a limit reached at an answer does not make it a cut one, and an answer cut within is cut")
    func answerAtLimit() throws {
        var whole = trajectory(limits: Limits(delimiter: "\n\n", maxTokens: 11, maxSteps: 1))
        try whole.apply([.drafted("\\boxed{1}\n\n", end: .delimiter), score(9)])
        #expect(whole.response.finish == .answered)
        var cut = trajectory(limits: Limits(delimiter: "\n\n", maxTokens: 8, maxSteps: 9))
        try cut.apply([.drafted("\\boxed{1", end: .maxTokens), score(9)])
        #expect(cut.response.finish == .maxTokens)
        var ended = trajectory()
        try ended.apply([.drafted("\\boxed{1}", end: .eos), score(9)])
        #expect(ended.response.finish == .eos)
    }

    @Test("a response ends where a step repeats the one before it, from the third on")
    func repetition() throws {
        var trajectory = trajectory()
        try trajectory.apply([.drafted("a\n\n", "a\n\n", "a\n\n", "a\n\n", end: .delimiter), score(9), score(9)])
        #expect(trajectory.response.finish == nil)
        try trajectory.apply(score(9))
        #expect(trajectory.response.finish == .repetition)
        #expect(trajectory.response.steps.count == 3)
        #expect(trajectory.response.tokens.draft.lookahead == 3)
        #expect(Finish.repetition.isCut && !Finish.answered.isCut)
    }

    @Test("thoughts do not end before the answer")
    func endOfThoughts() throws {
        var kept = trajectory()
        try kept.apply(.drafted("a</think>\n\n", "b", end: .eos))
        guard case .score(let wanted)? = kept.needs.first else { throw Runaway() }
        #expect(wanted.steps == ["a</think>\n\n"])
        try kept.apply(score(9))
        #expect(kept.response.text == "a\n\n")
        // What the draft wrote after the mark is not what it writes without it.
        #expect(kept.response.tokens.draft.lookahead == 1)
        #expect(kept.needs.first?.role == .draft)
        var rewritten = trajectory()
        try rewritten.apply([.drafted("a\n\n", end: .delimiter), score(0), .rewrote("b</think>\n\n", end: .delimiter)])
        #expect(rewritten.response.text == "b\n\n")
        var answered = trajectory()
        try answered.apply([.drafted("a</think>\\boxed{1}\n\n", end: .delimiter), score(9)])
        #expect(answered.response.text == "a</think>\\boxed{1}\n\n")
        var further = trajectory(SpecReasonSettings(until: .end))
        try further.apply([.drafted("a</think>\n\n", "b", end: .eos), score(9)])
        #expect(further.response.text == "a</think>\n\n")
        var limits = Limits.roomy
        limits.thoughts = Thoughts(begin: "<t>", end: "</t>", areOpen: true)
        var marked = trajectory(limits: limits)
        try marked.apply([.drafted("a</t></think>\n\n", end: .delimiter), score(9)])
        #expect(marked.response.text == "a</think>\n\n")
    }

    @Test("an answer within the thoughts is an answer")
    func answerWithinThoughts() throws {
        var limits = Limits.roomy
        limits.thoughts = Thoughts(begin: "<think>", end: "</think>", areOpen: true, areHidden: true)
        for (step, text) in [
            ("so \\boxed{1}\n\n", "so \\boxed{1}\n\n"), ("so \\boxed{1}</think>\n\n", "so \\boxed{1}\n\n"),
            ("</think>It is \\boxed{1}\n\n", "It is \\boxed{1}\n\n"),
        ] {
            var trajectory = trajectory(limits: limits)
            try trajectory.apply([.drafted("2\n\n", step, end: .delimiter), score(9), score(8)])
            #expect(trajectory.response.answer == "1")
            #expect(trajectory.response.afterThoughts == text)
            #expect(!trajectory.response.endsWithinThoughts)
        }
        var cut = trajectory(limits: limits)
        try cut.apply([.drafted("2\n\n", "it is 3", end: .eos), score(9), score(9)])
        #expect(cut.response.answer == nil && cut.response.endsWithinThoughts)
    }

    @Test("the end of a response right after a delimiter is judged like any step")
    func emptyEnd() throws {
        var kept = trajectory()
        try kept.apply([.drafted("a\n\n", "", end: .eos), score(9), score(9)])
        #expect(kept.response.finish == .eos)
        #expect(kept.response.steps.map(\.text) == ["a\n\n", ""])
        var fallen = trajectory()
        try fallen.apply([.drafted("a\n\n", "", end: .eos), score(9), score(1), .rewrote("b\n\n", end: .delimiter)])
        #expect(fallen.response.steps.map(\.text) == ["a\n\n", "b\n\n"])
        var context = trajectory()
        try context.apply([.drafted("a\n\n", "", end: .context), score(9)])
        #expect(context.response.finish == .context)
        #expect(context.response.steps.count == 1)
    }

    // MARK: Long steps

    @Test("a step that is longer than a step may be is cut there, and the response goes on", arguments: Role.writers)
    func longStep(of role: Role) throws {
        var trajectory = trajectory(SpecReasonSettings(firstSteps: role == .target ? 1 : 0, stepTokens: 4))
        if role == .draft {
            // Written ahead, it is not known where it would have been cut.
            try trajectory.apply(.drafted("abcdefgh\n\n", "i", end: .eos))
            #expect(trajectory.response.tokens.draft.lookahead == 11)
        }
        #expect(
            trajectory.needs == [.generate(Generation(role: role, steps: [], stopsAtDelimiter: true, maxTokens: 4))])
        try trajectory.apply(.wrote(role, ["abcd"], .maxTokens))
        if role == .draft { try trajectory.apply(score(9)) }
        #expect(trajectory.response.text == "abcd\n\n")
        #expect(trajectory.response.finish == nil)
        #expect(trajectory.response.keptTokens == 4)
        #expect(trajectory.response.waves == 1)
        guard case .generate(let next)? = trajectory.needs.first else { throw Runaway() }
        #expect(next.role == .draft && !next.stopsAtDelimiter)
    }

    @Test("a step cut by the response's limit ends it")
    func limit() throws {
        var trajectory = trajectory(
            SpecReasonSettings(stepTokens: 4), lookahead: .steps(1),
            limits: Limits(delimiter: "\n\n", maxTokens: 4, maxSteps: 9))
        try trajectory.apply([.drafted("abcd", end: .maxTokens), score(9)])
        #expect(trajectory.response.finish == .maxTokens)
        #expect(trajectory.response.text == "abcd")
    }

    @Test("the steps before a long one are judged first, and what falls is not asked for again")
    func longStepAhead() throws {
        var trajectory = trajectory(SpecReasonSettings(stepTokens: 4))
        try trajectory.apply([
            .drafted("a\n\n", "abcdefgh\n\n", "i", end: .eos), score(1), .rewrote("b\n\n", end: .delimiter),
        ])
        guard case .generate(let next)? = trajectory.needs.first else { throw Runaway() }
        #expect(!next.stopsAtDelimiter)
        #expect(trajectory.response.tokens.draft.lookahead == 11)
    }

    // MARK: Refusals

    @Test("events of others do not fit")
    func misfits() throws {
        var trajectory = trajectory()
        for event in [score(9), .rewrote("a\n\n", end: .delimiter), .rewards(1)] {
            #expect(throws: UnexpectedEvent.self) { try trajectory.apply(event) }
        }
        try trajectory.apply(.drafted("a\n\n", "b", end: .eos))
        for event in [Event.rewards(1), .drafted("a", end: .eos), score(10), score(-1)] {
            #expect(throws: UnexpectedEvent.self) { try trajectory.apply(event) }
        }
    }
}

extension Role {
    static let writers: [Role] = [.draft, .target]
}

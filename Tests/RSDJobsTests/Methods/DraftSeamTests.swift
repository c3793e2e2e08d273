@testable import Decoding
@testable import RunStore
import Testing

/// A draft that went on after a step from other tokens than step-at-a-time would show it.
@Suite("Seams in a draft")
struct DraftSeamTests {
    private func draft(_ texts: [String], seam: Int?, end: StepEnd = .eos) -> Event {
        .generated(
            Generated(
                role: .draft, steps: texts.map { StepText(text: $0, tokens: $0.utf8.count) }, end: end, promptTokens: 9,
                seam: seam))
    }

    @Test("the draft is asked again from the seam")
    func asksAgain() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply(draft(["one\n\n", "\ntwo\n\n", "three"], seam: 1))
        #expect(
            trajectory.needs.first
                == .generate(
                    Generation(role: .draft, steps: ["one\n\n"], stopsAtDelimiter: false, maxTokens: 995)))
        #expect(trajectory.response.tokens.draft.lookahead == 11)
        try trajectory.apply(draft(["two\n\n", "three"], seam: nil))
        #expect(
            trajectory.needs.first == .score(Scoring(steps: ["one\n\n", "two\n\n", "three"], unscored: [0, 1, 2])))
        try trajectory.apply(.rewards(1, 1, 1))
        #expect(trajectory.response.finish == .eos)
        // It cost a request, and no wave.
        #expect(trajectory.response.waves == 1)
        #expect(trajectory.response.tokens.draft.prompt == 18)
    }

    @Test("nothing is asked where the response is full anyway")
    func full() throws {
        for limits in [
            Limits(delimiter: "\n\n", maxTokens: 5, maxSteps: 9), Limits(delimiter: "\n\n", maxTokens: 99, maxSteps: 1),
        ] {
            var trajectory = Trajectory.rewardGuided(limits: limits)
            try trajectory.apply(draft(["one\n\n", "\n"], seam: 1, end: .maxTokens))
            #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n"], unscored: [0])))
        }
    }

    @Test("a solution that one model writes as a whole is kept")
    func wholeSolution() throws {
        var trajectory = Trajectory.singleModel(.draft)
        try trajectory.apply(draft(["one\n\n", "\ntwo"], seam: 1))
        #expect(trajectory.response.text == "one\n\n\ntwo")
    }

    @Test("a seam is after one of the steps", arguments: [0, 4]) func place(_ seam: Int) {
        var trajectory = Trajectory.rewardGuided()
        #expect(throws: UnexpectedEvent.self) {
            try trajectory.apply(draft(["one\n\n", "two\n\n", "three"], seam: seam))
        }
    }

    @Test("the journal keeps a seam")
    func journal() throws {
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        for seam in [nil, 1] as [Int?] {
            let record = JournalRecord.event(id, draft(["one\n\n", "two"], seam: seam))
            let line = try JournalLine.encode(record)
            #expect(JournalLine.decode(line.dropLast()) == record)
            #expect(String(decoding: line, as: UTF8.self).contains("seam") == (seam != nil))
        }
    }
}

/// `max_tokens_per_call`: the limit of the authors' code.
@Suite("max_tokens_per_call")
struct CallLimitTests {
    private func limits(_ count: Int) -> Limits { Limits(delimiter: "\n\n", tokens: .call(count), maxSteps: 100) }

    /// A prompt of `prompt` tokens, and a token a byte.
    private func wrote(_ role: Role, _ texts: String..., end: StepEnd, prompt: Int) -> Event {
        let steps = texts.map { StepText(text: $0, tokens: max(1, $0.utf8.count)) }
        return .generated(Generated(role: role, steps: steps, end: end, promptTokens: prompt))
    }

    private func maxTokens(_ trajectory: Trajectory) -> Int? {
        guard case .generate(let wanted) = trajectory.needs.first else { return nil }
        return wanted.maxTokens
    }

    @Test("the response ends with the step that reaches the limit, the prompt included")
    func lastStep() throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(1), limits: limits(20))
        try trajectory.apply([wrote(.draft, "one\n\n", end: .delimiter, prompt: 9), .rewards(1)])
        // 14 of 20, and yet a step may have 20.
        #expect(maxTokens(trajectory) == 20)
        try trajectory.apply([wrote(.draft, "a long second step\n\n", end: .delimiter, prompt: 14), .rewards(1)])
        #expect(trajectory.response.finish == .maxTokens)
        #expect(trajectory.response.text == "one\n\na long second step\n\n")
    }

    @Test("exactly as many tokens as the limit reach it")
    func exact() throws {
        for (prompt, finish) in [(14, nil), (15, Finish.maxTokens)] {
            var trajectory = Trajectory.rewardGuided(lookahead: .steps(1), limits: limits(20))
            try trajectory.apply([wrote(.draft, "one\n\n", end: .delimiter, prompt: prompt), .rewards(1)])
            #expect(trajectory.response.finish == finish)
        }
    }

    @Test("the target's step counts in the target's tokens")
    func targetsCount() throws {
        var trajectory = Trajectory.rewardGuided(limits: limits(20))
        try trajectory.apply([wrote(.draft, "one", end: .eos, prompt: 2), .rewards(0)])
        #expect(maxTokens(trajectory) == 20)
        try trajectory.apply(wrote(.target, "ONE\n\n", end: .delimiter, prompt: 15))
        #expect(trajectory.response.finish == .maxTokens)
    }

    /// What was written ahead of the step that reaches it is not put to the PRM.
    @Test("steps beyond the limit are dropped")
    func lookahead() throws {
        var trajectory = Trajectory.rewardGuided(limits: limits(12))
        try trajectory.apply(wrote(.draft, "one\n\n", "two\n\n", "three", end: .eos, prompt: 2))
        #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n", "two\n\n"], unscored: [0, 1])))
        #expect(trajectory.response.tokens.draft.lookahead == 5)
        try trajectory.apply(.rewards(1, 1))
        #expect(trajectory.response.finish == .maxTokens)
    }

    /// One request wrote several steps, and its limit struck in one that would have had a request of its own.
    @Test("a step that was cut in the look-ahead is asked for again")
    func cutStep() throws {
        var trajectory = Trajectory.rewardGuided(limits: limits(20))
        try trajectory.apply(wrote(.draft, "one\n\n", "two, which is cu", end: .maxTokens, prompt: 2))
        #expect(
            trajectory.needs.first
                == .generate(Generation(role: .draft, steps: ["one\n\n"], stopsAtDelimiter: false, maxTokens: 20)))
        try trajectory.apply(wrote(.draft, "two, which is cut now", end: .maxTokens, prompt: 7))
        #expect(
            trajectory.needs.first == .score(Scoring(steps: ["one\n\n", "two, which is cut now"], unscored: [0, 1])))
        try trajectory.apply(.rewards(1, 1))
        #expect(trajectory.response.finish == .maxTokens)
    }

    @Test("a whole solution is one call")
    func oneCall() throws {
        var trajectory = Trajectory.singleModel(.target, limits: limits(20))
        #expect(maxTokens(trajectory) == 20)
        try trajectory.apply(wrote(.target, "one\n\n", "two", end: .eos, prompt: 50))
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.text == "one\n\ntwo")
    }
}

@testable import Decoding
@testable import Graders
@testable import Reporting
import Testing

/// How a trajectory goes, by example.
@Suite("rsd")
struct RewardGuidedTests {
    @Test("the first rejected step and all after it are dropped")
    func firstRejected() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply(.drafted("one\n\n", "two\n\n", "three\n\n", "four", end: .eos))
        #expect(
            trajectory.needs.first
                == .score(
                    Scoring(steps: ["one\n\n", "two\n\n", "three\n\n", "four"], unscored: [0, 1, 2, 3])))
        try trajectory.apply(.rewards(0.5, 0.4, 0.9, 0.9))
        #expect(
            trajectory.needs.first
                == .generate(
                    Generation(role: .target, steps: ["one\n\n"], stopsAtDelimiter: true, maxTokens: 995)))
        try trajectory.apply(.rewrote("TWO\n\n", end: .delimiter))
        #expect(
            trajectory.needs.first
                == .generate(
                    Generation(
                        role: .draft, steps: ["one\n\n", "TWO\n\n"], stopsAtDelimiter: false, maxTokens: 990))
        )
        #expect(
            trajectory.response.steps == [
                Step(text: "one\n\n", origin: .draft, reward: 0.5),
                Step(text: "TWO\n\n", origin: .target, rejected: RejectedStep(text: "two\n\n", reward: 0.4)),
            ])
        #expect(trajectory.response.tokens.draft.kept == 5)
        #expect(trajectory.response.tokens.draft.rejected == 5)
        #expect(trajectory.response.tokens.draft.lookahead == 11)
        #expect(trajectory.response.tokens.target.kept == 5)
        #expect(trajectory.response.tokens.prm.judged == 2)
    }

    @Test("a wave begins with a draft from the end of the response, not with what goes on from it")
    func waveOfNeeds() throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(2))
        #expect(trajectory.wave == 1)
        for event in [
            Event.drafted("one\n\n", end: .delimiter), .drafted("two", end: .eos), .rewards(0.9, 0.1),
        ] {
            try trajectory.apply(event)
            #expect(trajectory.wave == 1 && trajectory.response.waves == 1)
        }
        try trajectory.apply(.rewrote("TWO\n\n", end: .delimiter))
        #expect(trajectory.wave == 2 && trajectory.response.waves == 1)
    }

    @Test("a step of the target is scored but never put to the threshold")
    func targetsStep() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([
            .drafted("one", end: .eos), .rewards(0.1), .rewrote("ONE\n\n", end: .delimiter),
            .drafted("two", end: .eos),
        ])
        #expect(trajectory.needs.first == .score(Scoring(steps: ["ONE\n\n", "two"], unscored: [0, 1], undecided: 1)))
        try trajectory.apply(.rewards(0, 0.8))
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.steps.map(\.text) == ["ONE\n\n", "two"])
        #expect(trajectory.response.steps.map(\.reward) == [0, 0.8])
        #expect(trajectory.response.tokens.prm.judged == 2)
    }

    @Test("a response that ends after a delimiter has nothing to judge")
    func endAfterDelimiter() throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(1))
        try trajectory.apply([.drafted("one\n\n", end: .delimiter), .rewards(1), .drafted("", end: .eos)])
        #expect(trajectory.response.finish == .eos && trajectory.needs.isEmpty)
        #expect(trajectory.response.steps.map(\.text) == ["one\n\n"])
        #expect(trajectory.response.keptTokens == 6)
    }

    @Test("the target may end the response")
    func targetEnds() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([
            .drafted("one\n\n", "two", end: .eos), .rewards(0, 1), .rewrote("done", end: .eos),
        ])
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.text == "done")
    }

    @Test("a target that ends the response at once keeps the step that it replaces")
    func targetEndsAtOnce() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([
            .drafted("one\n\n", "nonsense", end: .eos), .rewards(1, 0), .rewrote("", end: .eos),
        ])
        #expect(trajectory.response.finish == .eos && trajectory.needs.isEmpty)
        #expect(trajectory.response.text == "one\n\n")
        #expect(trajectory.response.steps.map(\.origin) == [.draft, .target])
        #expect(trajectory.response.steps.last?.rejected?.text == "nonsense")
        let line = ResultLine(trajectory, finish: .eos, gold: "1", grade: Grade(.wrong))
        #expect(Acceptance([line]).byStep.map(\.rejected) == [0, 1])
        let row = Summary.Row(method: "m", dataset: "d", lines: [line], flops: Flops(parameters: [:]))
        #expect(row.draftAlone.count == 0)
    }

    @Test("only one step is taken from the target")
    func oneStep() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([
            .drafted("one", end: .eos), .rewards(0), .rewrote("ONE\n\n", "TWO", end: .eos),
        ])
        #expect(trajectory.response.text == "ONE\n\n")
        #expect(trajectory.response.finish == nil)
        #expect(trajectory.response.tokens.target.lookahead == 3)
    }

    @Test("the draft runs ahead as far as it may")
    func lookahead() throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(2))
        try trajectory.apply(.drafted("one\n\n", end: .delimiter))
        #expect(
            trajectory.needs.first
                == .generate(
                    Generation(
                        role: .draft, steps: ["one\n\n"], stopsAtDelimiter: false, maxTokens: 995,
                        lookahead: .steps(2))))
        try trajectory.apply(.drafted("two\n\n", "three\n\n", end: .delimiter))
        #expect(trajectory.response.tokens.draft.lookahead > 0)
        #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n", "two\n\n"], unscored: [0, 1])))
        try trajectory.apply(.rewards(1, 1))
        #expect(trajectory.needs.first?.role == .draft)
    }

    @Test(
        "the draft runs no further ahead than the limits",
        arguments: [
            Limits(delimiter: "\n\n", maxTokens: 99, maxSteps: 1),
            Limits(delimiter: "\n\n", maxTokens: 5, maxSteps: 9),
        ])
    func lookaheadLimits(limits: Limits) throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(3), limits: limits)
        try trajectory.apply(.drafted("one\n\n", end: .delimiter))
        #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n"], unscored: [0])))
    }

    @Test("steps beyond the limit are not scored")
    func beyondLimit() throws {
        var trajectory = Trajectory.rewardGuided(
            limits: Limits(delimiter: "\n\n", maxTokens: 99, maxSteps: 2))
        try trajectory.apply(.drafted("1\n\n", "2\n\n", "3\n\n", "4", end: .eos))
        #expect(trajectory.needs.first == .score(Scoring(steps: ["1\n\n", "2\n\n"], unscored: [0, 1])))
        try trajectory.apply(.rewards(1, 1))
        #expect(trajectory.response.finish == .maxSteps)
        #expect(trajectory.response.tokens.draft.lookahead == 4)
    }

    @Test("a response that was cut has not ended", arguments: [StepEnd.maxTokens, .context])
    func cut(end: StepEnd) throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([.drafted("one\n\n", "tw", end: end), .rewards(1, 1)])
        #expect(trajectory.response.finish?.rawValue == end.rawValue)
        #expect(trajectory.response.text == "one\n\ntw")
    }

    @Test("waves count the rounds of drafting")
    func waves() throws {
        var trajectory = Trajectory.rewardGuided(lookahead: .steps(2))
        try trajectory.apply([
            .drafted("1\n\n", end: .delimiter), .drafted("2\n\n", end: .delimiter), .rewards(1, 0),
            .rewrote("3\n\n", end: .delimiter), .drafted("4", end: .eos), .rewards(1, 1),
        ])
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.waves == 2)
    }

    @Test("a look-ahead too long for the PRM harms no step before it")
    func overlong() throws {
        let partly = Event.scored(Scored(rewards: [1, 0.9], tokens: [1, 1], promptTokens: 0, overlong: [2]))
        let rejecting = Event.scored(Scored(rewards: [1, 0], tokens: [1, 1], promptTokens: 0, overlong: [2]))
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply(.drafted("one\n\n", "two\n\n", "three", end: .eos))
        var other = trajectory

        // Its turn comes: it is asked about again, and what the PRM says then is final.
        try trajectory.apply(partly)
        #expect(trajectory.response.steps.map(\.text) == ["one\n\n", "two\n\n"])
        #expect(
            trajectory.needs.first == .score(Scoring(steps: ["one\n\n", "two\n\n", "three"], unscored: [2])))
        try trajectory.apply(.failed(reason: "too long"))
        #expect(trajectory.response.finish == .failed)
        #expect(trajectory.response.text == "one\n\ntwo\n\n")

        // It never comes: the step before it falls.
        try other.apply(rejecting)
        #expect(other.needs.first?.role == .target)
        #expect(other.response.tokens.draft.lookahead == 5)
    }

    @Test("steps that the PRM did not see are noted")
    func dropped() throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply([
            .drafted("one\n\n", "two\n\n", "three", end: .eos),
            .scored(Scored(rewards: [1, 1, 0], tokens: [1, 1, 1], promptTokens: 0, dropped: [0, 1, 2])),
            .rewrote("THREE", end: .eos),
        ])
        #expect(
            trajectory.response.steps == [
                Step(text: "one\n\n", origin: .draft, reward: 1),
                Step(text: "two\n\n", origin: .draft, reward: 1, dropped: 1),
                Step(
                    text: "THREE", origin: .target,
                    rejected: RejectedStep(text: "three", reward: 0, dropped: 2)),
            ])
    }
}

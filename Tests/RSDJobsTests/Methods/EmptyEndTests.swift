@testable import Decoding
@testable import JobSpecs
@testable import Methods
import Testing

/// An end of the response right after a delimiter, where the PRM can judge it: a step without text.
@Suite("Ends without text")
struct EmptyEndTests {
    private let id = TrajectoryID(method: "m", dataset: "d", problem: "p")

    private func rewardGuided(lookahead: Lookahead = .all) -> Trajectory {
        Trajectory(
            id: id, limits: .roomy,
            method: RewardGuided(
                weighting: .binaryStep(threshold: 0.5), lookahead: lookahead, judgesEmptyEnd: true,
                draw: Draw(runSeed: 0, trajectory: id)))
    }

    @Test("an end without text is scored by the PRM", arguments: [Lookahead.all, .steps(1), .steps(3)]) func scored(
        _ lookahead: Lookahead
    ) throws {
        var trajectory = rewardGuided(lookahead: lookahead)
        if lookahead == .all {
            try trajectory.apply(.drafted("one\n\n", "", end: .eos))
        } else {
            try trajectory.apply(.drafted("one\n\n", end: .delimiter))
            if lookahead == .steps(1) { try trajectory.apply(.rewards(0.9)) }
            try trajectory.apply(.drafted("", end: .eos))
        }
        let first = lookahead == .steps(1) ? 1 : 0
        #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n", ""], unscored: Array(first...1))))
        try trajectory.apply(lookahead == .steps(1) ? .rewards(0.5) : .rewards(0.9, 0.5))
        #expect(trajectory.response.finish == .eos)
        #expect(
            trajectory.response.steps == [
                Step(text: "one\n\n", origin: .draft, reward: 0.9), Step(text: "", origin: .draft, reward: 0.5),
            ])
        #expect(trajectory.response.verdicts == Verdicts(accepted: 2, rejected: 0))
        #expect(trajectory.response.text == "one\n\n")
    }

    @Test("where the end is rejected, the target goes on")
    func rejected() throws {
        var trajectory = rewardGuided()
        try trajectory.apply([.drafted("one\n\n", "", end: .eos), .rewards(0.9, 0.4)])
        #expect(
            trajectory.needs.first
                == .generate(Generation(role: .target, steps: ["one\n\n"], stopsAtDelimiter: true, maxTokens: 995)))
        try trajectory.apply(.rewrote("two\n\n", end: .delimiter))
        #expect(trajectory.response.finish == nil)
        #expect(
            trajectory.response.steps.last
                == Step(text: "two\n\n", origin: .target, rejected: RejectedStep(text: "", reward: 0.4)))
        try trajectory.apply([.drafted("", end: .eos), .rewards(0.9, 0.6)])
        #expect(trajectory.response.finish == .eos)
    }

    @Test("an empty response is such an end")
    func emptyResponse() throws {
        var trajectory = rewardGuided()
        try trajectory.apply(.drafted("", end: .eos))
        #expect(trajectory.needs.first == .score(Scoring(steps: [""], unscored: [0])))
        try trajectory.apply([.rewards(0), .rewrote("", end: .eos)])
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.steps.map(\.rejected?.text) == [""])
    }

    /// A limit says nothing of whether the response is at its end.
    @Test("a limit is no such end", arguments: [StepEnd.context, .maxTokens]) func limit(_ end: StepEnd) throws {
        var trajectory = rewardGuided()
        try trajectory.apply(.drafted("one\n\n", "", end: end))
        #expect(trajectory.needs.first == .score(Scoring(steps: ["one\n\n", ""].dropLast(), unscored: [0])))
        try trajectory.apply(.rewards(0.9))
        #expect(trajectory.response.finish == (end == .context ? .context : .maxTokens))
        #expect(trajectory.response.steps.count == 1)
    }

    @Test("a step search has the end scored too")
    func search() throws {
        var trajectory = Trajectory(
            id: id, limits: .roomy,
            method: GuidedSearch(
                StepSearch.Rules(beams: 1, candidates: 2), sampling: Sampling(temperature: 1, topP: 1), limits: .roomy,
                judgesEmptyEnd: true))
        try trajectory.apply([.drafted("", end: .eos, for: 0), .drafted("two", end: .eos, for: 1)])
        #expect(trajectory.needs.map(\.role) == [.prm, .prm])
        var (low, high) = (Event.rewards(0.2), Event.rewards(0.3))
        (low.candidate, high.candidate) = (1, 0)
        try trajectory.apply([low, high])
        #expect(trajectory.response.steps.map(\.text) == [""])
        #expect(trajectory.response.steps.map(\.reward) == [0.3])
    }

    @Test("whole solutions have their end scored too")
    func wholeSolutions() throws {
        var trajectory = Trajectory(
            id: id, limits: .roomy,
            method: BestSample(
                score: .last,
                samples: Samples(
                    2, by: .draft, sampling: Sampling(temperature: 1, topP: 1), limits: .roomy, judgesEmptyEnd: true)))
        var whole = Event.wrote(.draft, ["one\n\n", ""], .eos)
        try trajectory.apply(whole)
        whole.candidate = 1
        try trajectory.apply(whole)
        #expect(
            trajectory.needs
                == [0, 1].map {
                    .score(Scoring(steps: ["one\n\n", ""], unscored: [0, 1], candidate: $0))
                })
        var (worse, better) = (Event.rewards(0.9, 0.1), Event.rewards(0.1, 0.9))
        (worse.candidate, better.candidate) = (0, 1)
        try trajectory.apply([worse, better])
        #expect(trajectory.response.candidates?.map(\.score) == [0.1, 0.9])
        #expect(trajectory.response.candidates?.map(\.chosen) == [false, true])
        #expect(trajectory.response.steps.map(\.reward) == [0.1, 0.9])
    }

    @Test("profiles with a mark after each step can score an end")
    func profiles() {
        let can: [PRMProfile] = [.skywork(stepToken: "\n"), .qwenPRM, .mathShepherd, .rlhflow]
        for profile in can { #expect(profile.judgesEmptySteps, "\(profile)") }
        for profile in [PRMProfile.tokenClassification, .sequenceClassification, .judge] {
            #expect(!profile.judgesEmptySteps, "\(profile)")
        }
    }
}

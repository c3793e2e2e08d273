@testable import Decoding
@testable import Methods
@testable import ModelDoubles
import Testing

/// What a PRM does not see is not judged, whatever the look-ahead.
@Suite("Thoughts that the PRM does not see") struct HiddenThoughtsTests {
    @Test("every look-ahead decides alike, and judges exactly the draft steps with text outside the thoughts")
    func everyLookahead() throws {
        var (hidden, judged, rewritten) = (0, 0, 0)
        for seed in 0..<800 as Range<UInt64> {
            var decoding = RandomCase(seed: seed)
            decoding.hideThoughts()
            let outcomes = try [Lookahead.steps(1), .steps(2), .all].map { lookahead in
                var trajectory = decoding.trajectory(lookahead: lookahead)
                let events = try FakeEngine(models: decoding.models).finish(&trajectory)
                try expectVisible(events, of: decoding)
                return trajectory.response
            }
            let first = outcomes[0]
            for other in outcomes {
                #expect(other.steps == first.steps, "\(decoding)")
                #expect(other.finish == first.finish, "\(decoding)")
                #expect(other.verdicts == first.verdicts, "\(decoding)")
            }
            guard first.finish != .failed else { continue }
            var reader = ThoughtReader(try #require(decoding.limits.thoughts))
            for step in first.steps {
                let before = reader
                guard reader.answer(in: step.text) != nil else {
                    hidden += 1
                    #expect(step.reward == nil, "\(decoding)")
                    continue
                }
                judged += step.reward == nil ? 0 : 1
                var replaced = before
                if let rejected = step.rejected {
                    rewritten += 1
                    #expect(replaced.answer(in: rejected.text) != nil, "\(decoding)")
                }
            }
        }
        #expect(hidden > 300 && judged > 300 && rewritten > 100, "\(hidden), \(judged), \(rewritten)")
    }

    /// Every reward that was asked for is of a step that the PRM sees.
    private func expectVisible(_ events: [Event], of decoding: RandomCase) throws {
        var trajectory = decoding.trajectory(lookahead: .all)
        for event in events {
            if case .score(let wanted) = trajectory.needs.first {
                var reader = ThoughtReader(try #require(decoding.limits.thoughts))
                let seen = wanted.steps.map { reader.answer(in: $0) != nil }
                #expect(wanted.unscored.allSatisfy { seen[$0] }, "\(decoding)")
                #expect(wanted.undecided < seen.count && seen[wanted.undecided], "\(decoding)")
            }
            guard (try? trajectory.apply(event)) != nil else { break }
        }
    }

    @Test("the PRM gets a solution without its thoughts, and its answer is for the steps that it saw")
    func scoring() {
        let thoughts = Thoughts(begin: "<think>", end: "</think>", areOpen: true, areHidden: true)
        let steps = ["Hm.\n\n", "So.</think>\n4 is it.\n\n", "<think>Sure?</think>\n\n", "Yes."]
        let (scoring, places) = Scoring(steps: steps, unscored: [1, 3], undecided: 3, candidate: 2)
            .withoutThoughts(thoughts)
        #expect(
            scoring == Scoring(steps: ["4 is it.\n\n", "Yes."], unscored: [0, 1], undecided: 1, candidate: 2))
        #expect(places == [1, 3])
    }

    @Test("a sample of which the PRM sees nothing has no score, and another is taken")
    func bestOfN() throws {
        let thoughts = Thoughts(begin: "<think>", end: "</think>", areOpen: true, areHidden: true)
        let limits = Limits(delimiter: "\n\n", tokens: .response(9), maxSteps: 9, thoughts: thoughts)
        let settings = SampleSettings(n: 2, sampling: Sampling(temperature: 1, topP: 1))
        var trajectory = Trajectory(
            id: TrajectoryID(method: "m", dataset: "d", problem: "p"), limits: limits,
            method: BestOfN(score: .mean, samples: settings).start(
                CommonSettings(limits: limits, lookahead: .all, judgesEmptyEnd: true),
                draw: Draw(runSeed: 0, trajectory: TrajectoryID(method: "m", dataset: "d", problem: "p"))))
        func write(_ texts: [String], end: StepEnd, _ candidate: Int) throws {
            try trajectory.apply(
                .generated(
                    Generated(
                        role: .draft, steps: texts.map { StepText(text: $0, tokens: 3) }, end: end, promptTokens: 1,
                        candidate: candidate)))
        }
        try write(["Hm.\n\n", "Hm."], end: .maxTokens, 0)
        try write(["Hm.</think>\n\n", "4"], end: .eos, 1)
        #expect(trajectory.needs == [.score(Scoring(steps: ["Hm.</think>\n\n", "4"], unscored: [1], candidate: 1))])
        try trajectory.apply(.scored(Scored(rewards: [0.1], tokens: [1], promptTokens: 1, candidate: 1)))
        #expect(trajectory.response.text == "Hm.</think>\n\n4")
        #expect(trajectory.response.candidates?.map(\.score) == [nil, 0.1])
        #expect(trajectory.response.candidates?.map(\.answer) == [nil, "4"])
    }
}

extension RandomCase {
    /// The models write marks of thoughts, which the PRM does not see.
    mutating func hideThoughts() {
        think(
            Thoughts(begin: "<t>", end: "</t>", areOpen: seed.isMultiple(of: 2), areHidden: true),
            in: ["<t>", "</t>", "</t>", "</t>\n\n", "</t", ">", "b</t>b", "\n\n<t>"])
    }
}

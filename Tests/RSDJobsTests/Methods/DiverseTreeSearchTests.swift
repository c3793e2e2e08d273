import Testing

@testable import Decoding
@testable import Methods

@Suite("dvts") struct DiverseTreeSearchTests {
    private func trajectory(
        n: Int = 4, beams: Int = 2, score: SolutionScore = .last, choice: FinalChoice = .best,
        end: AnswerEnd = .answer, limits: Limits = .roomy
    ) -> Trajectory {
        let samples = SampleSettings(n: n, sampling: Sampling(temperature: 0.7, topP: 0.8))
        let settings = DiverseTreeSearch(
            trees: BeamSettings(count: beams, score: score, choice: choice, samples: samples), end: end)
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        return Trajectory(
            id: id, limits: limits,
            method: settings.start(
                CommonSettings(limits: limits, lookahead: .all, judgesEmptyEnd: false),
                draw: Draw(runSeed: 0, trajectory: id)))
    }

    /// Writes a candidate's step, which has the reward, after the steps that it is to follow.
    private func write(
        _ text: String, _ end: StepEnd = .delimiter, reward: Double, for candidate: Int, after steps: [String] = [],
        in trajectory: inout Trajectory
    ) throws {
        let sampling = Sampling(temperature: 0.7, topP: 0.8)
        #expect(
            trajectory.needs.contains(
                .generate(
                    Generation(
                        role: .draft, steps: steps, stopsAtDelimiter: true,
                        maxTokens: 1000 - steps.joined().utf8.count, sampling: sampling, candidate: candidate))))
        try trajectory.apply(.drafted(text, end: end, for: candidate))
        try trajectory.apply(
            .scored(Scored(rewards: [reward], tokens: [text.utf8.count], promptTokens: 9, candidate: candidate)))
    }

    @Test("the best candidate of each tree goes on, not the best of all, and trees do not wait for each other")
    func trees() throws {
        var trajectory = trajectory()
        #expect(trajectory.needs.map(\.candidate) == [0, 1, 2, 3])
        #expect(trajectory.wave == 1)
        try write("a\n\n", reward: 0.8, for: 0, in: &trajectory)
        try write("b\n\n", reward: 0.9, for: 1, in: &trajectory)
        #expect(trajectory.response.waves == 1 && trajectory.wave == 2)
        // The first tree goes on from its best while the second still has its first step to choose.
        #expect(trajectory.needs.map(\.candidate) == [0, 1, 2, 3])
        try write("x", .eos, reward: 0.3, for: 0, after: ["b\n\n"], in: &trajectory)
        try write("y\n\n", reward: 0.2, for: 1, after: ["b\n\n"], in: &trajectory)
        #expect(trajectory.needs.map(\.candidate) == [2, 3])
        try write("c\n\n", reward: 0.1, for: 2, in: &trajectory)
        try write("d\n\n", reward: 0.2, for: 3, in: &trajectory)
        // What is worse than all of the other tree still goes on.
        try write("u", .eos, reward: 0.5, for: 2, after: ["d\n\n"], in: &trajectory)
        try write("v", .eos, reward: 0.4, for: 3, after: ["d\n\n"], in: &trajectory)
        let response = trajectory.response
        #expect(response.text == "d\n\nu" && response.finish == .eos && response.waves == 2)
        #expect(response.steps.map(\.reward) == [0.2, 0.5])
        #expect(response.steps.map { $0.alternatives?.map(\.text) } == [["c\n\n"], ["v"]])
        // A candidate of the last round that is not an end is no solution.
        #expect(response.candidates?.map(\.text) == ["b\n\nx", "d\n\nu", "d\n\nv"])
        #expect(response.candidates?.map(\.score) == [0.3, 0.5, 0.4])
        #expect(response.candidates?.map(\.chosen) == [false, true, false])
        #expect(response.tokens.draft == .init(kept: 4, rejected: 14, lookahead: 0, prompt: 0))
        #expect(response.tokens.prm == .init(judged: 18, prompt: 72))
        #expect(response.verdicts == nil)
    }

    @Test(
        "the score and the choice are among the solutions of all trees",
        arguments: [
            (SolutionScore.last, FinalChoice.best, 1), (.min, .best, 0), (.product, .weighted, 0),
            (.last, .weighted, 2),
            (.last, .majority, 2),
        ])
    func choice(score: SolutionScore, choice: FinalChoice, chosen: Int) throws {
        var trajectory = trajectory(score: score, choice: choice)
        for (candidate, reward) in [0.8, 0.5, 0.25, 0.125].enumerated() {
            try write("\(candidate)\n\n", reward: reward, for: candidate, in: &trajectory)
        }
        for (candidate, end) in [(3, 0.5), (4, 0.875), (5, 0.75), (5, 0.75)].enumerated() {
            try write(
                #"\boxed{\#(end.0)}"#, .eos, reward: end.1, for: candidate, after: [candidate < 2 ? "0\n\n" : "2\n\n"],
                in: &trajectory)
        }
        let expected = [#"0\#n\#n\boxed{4}"#, #"0\#n\#n\boxed{4}"#, #"2\#n\#n\boxed{5}"#]
        #expect(trajectory.response.text == expected[chosen])
        #expect(trajectory.response.candidates?.map(\.answer) == ["3", "4", "5", "5"])
    }

    @Test("a tree ends with its boxed answer, or where the model ends it")
    func until() throws {
        for end in AnswerEnd.allCases {
            var trajectory = trajectory(n: 2, beams: 1, end: end)
            try write("So \\boxed{1}.\n\n", reward: 0.5, for: 0, in: &trajectory)
            try write("Or so.", .eos, reward: 0.4, for: 1, in: &trajectory)
            #expect(trajectory.response.finish == (end == .answer ? .answered : nil))
            guard end == .answer else { continue }
            #expect(trajectory.response.candidates?.map(\.finish) == [.answered, .eos])
        }
        var ended = trajectory(n: 2, beams: 1)
        try write(#"So \boxed{1}."#, .eos, reward: 0.5, for: 0, in: &ended)
        try write("Or so.\n\n", reward: 0.4, for: 1, in: &ended)
        #expect(ended.response.finish == .eos)
        #expect(Finish.answered.isComplete && !Finish.answered.isCut)
    }

    @Test("a box within the thoughts is no answer")
    func thoughts() throws {
        var limits = Limits.roomy
        limits.thoughts = Thoughts(begin: "<t>", end: "</t>", areOpen: true, areHidden: false)
        var trajectory = trajectory(n: 2, beams: 1, limits: limits)
        for candidate in 0...1 { try write("\\boxed{1}?\n\n", reward: 0.5, for: candidate, in: &trajectory) }
        #expect(trajectory.response.finish == nil)
        for candidate in 0...1 {
            try write("</t>\\boxed{2}\n\n", reward: 0.5, for: candidate, after: ["\\boxed{1}?\n\n"], in: &trajectory)
        }
        #expect(trajectory.response.finish == .answered && trajectory.response.answer == "2")
    }

    @Test("limits end each tree by itself")
    func limits() throws {
        var trajectory = trajectory(limits: Limits(delimiter: "\n\n", maxTokens: 1000, maxSteps: 1))
        for candidate in 0..<4 {
            try write("\(candidate)\n\n", reward: Double(candidate) / 4, for: candidate, in: &trajectory)
        }
        #expect(trajectory.response.finish == .maxSteps && trajectory.response.text == "3\n\n")
        #expect(trajectory.response.candidates?.count == 4)
    }

    @Test("a response that was not asked for is refused")
    func unexpected() throws {
        var trajectory = trajectory()
        for candidate in [-1, 4] {
            #expect(throws: UnexpectedEvent.self) {
                try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: candidate))
            }
        }
        var score = Event.rewards(0.5)
        score.candidate = 2
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(score) }
        try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: 2))
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: 2)) }
    }
}

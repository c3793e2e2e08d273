import Testing

@testable import Decoding
@testable import Methods

@Suite("beam_search") struct BeamSearchTests {
    private func trajectory(
        n: Int = 4, beams: Int = 2, score: SolutionScore = .last, choice: FinalChoice = .best,
        finished: StepSearch.Finished = .leave, isDistinct: Bool = false
    ) -> Trajectory {
        let samples = SampleSettings(n: n, sampling: Sampling(temperature: 0.7, topP: 0.8))
        let settings = BeamSearch(
            beams: BeamSettings(count: beams, score: score, choice: choice, samples: samples), finished: finished,
            isDistinct: isDistinct)
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        return Trajectory(
            id: id, limits: .roomy,
            method: settings.start(
                CommonSettings(limits: .roomy, lookahead: .all, judgesEmptyEnd: false),
                draw: Draw(runSeed: 0, trajectory: id)))
    }

    /// Writes all candidates of a round: a text that ends with `!` is an end.
    private func round(_ trajectory: inout Trajectory, _ steps: [(text: String, reward: Double)]) throws {
        #expect(trajectory.needs.count == steps.count)
        for (candidate, step) in steps.enumerated() {
            let isEnd = step.text.hasSuffix("!")
            try trajectory.apply(
                .drafted(step.text + (isEnd ? "" : "\n\n"), end: isEnd ? .eos : .delimiter, for: candidate))
        }
        for (candidate, step) in steps.enumerated() {
            try trajectory.apply(
                .scored(Scored(rewards: [step.reward], tokens: [1], promptTokens: 1, candidate: candidate)))
        }
    }

    private func begun(_ trajectory: Trajectory) -> [String] {
        trajectory.needs.map { need in
            guard case .generate(let wanted) = need else { return "" }
            return wanted.steps.joined()
        }
    }

    @Test("a finished beam leaves its place to the next best, and the search ends when n are finished")
    func leaves() throws {
        var trajectory = trajectory()
        try round(&trajectory, [("a", 0.3), ("done!", 0.9), ("c", 0.2), ("d", 0.1)])
        // In turns, in the order of the candidates.
        #expect(begun(trajectory) == ["a\n\n", "c\n\n", "a\n\n", "c\n\n"])
        try round(&trajectory, [("aa!", 0.95), ("ca", 0.2), ("ab", 0.1), ("cb!", 0.5)])
        #expect(begun(trajectory) == ["c\n\nca\n\n", "a\n\nab\n\n", "c\n\nca\n\n", "a\n\nab\n\n"])
        // With four ends, a better one comes too late.
        try round(&trajectory, [("x!", 0.99), ("y", 0.5), ("z!", 1), ("z", 0.7)])
        #expect(trajectory.response.text == "c\n\nca\n\nx!")
        #expect(
            trajectory.response.candidates?.map(\.text) == ["done!", "a\n\naa!", "c\n\ncb!", "c\n\nca\n\nx!"])
        #expect(trajectory.response.waves == 3)
    }

    @Test("the beams that are left share all candidates")
    func fewer() throws {
        var trajectory = trajectory(n: 6, beams: 3)
        try round(&trajectory, [("a!", 0), ("b!", 0), ("c!", 0), ("d!", 0), ("e", 0.5), ("f", 0.6)])
        #expect(begun(trajectory) == (0..<3).flatMap { _ in ["e\n\n", "f\n\n"] })
        trajectory = self.trajectory(n: 4, beams: 2)
        try round(&trajectory, [("a!", 0.1), ("b!", 0.2), ("c!", 0.1), ("d", 0)])
        #expect(begun(trajectory) == Array(repeating: "d\n\n", count: 4))
    }

    @Test("a finished beam that stays may be overtaken, and takes no candidates")
    func stays() throws {
        var trajectory = trajectory(finished: .stay)
        try round(&trajectory, [("a", 0.3), ("done!", 0.2), ("c", 0.1), ("d", 0.1)])
        #expect(begun(trajectory) == ["a\n\n", "a\n\n"])
        try round(&trajectory, [("b!", 0.1), ("b?!", 0.15)])
        #expect(trajectory.response.text == "done!")
        #expect(trajectory.response.candidates?.map(\.text) == ["done!", "a\n\nb?!"])
        #expect(trajectory.response.candidates?.map(\.chosen) == [true, false])
    }

    @Test("of candidates with the same text one goes on, if they are to be distinct")
    func distinct() throws {
        for finished in StepSearch.Finished.allCases {
            for (isDistinct, expected) in [(false, ["a\n\n", "a\n\n"]), (true, ["a\n\n", "b\n\n"])] {
                var trajectory = trajectory(finished: finished, isDistinct: isDistinct)
                try round(&trajectory, [("a", 0.9), ("b", 0.2), ("a", 0.9), ("c", 0.1)])
                let begun = Set(begun(trajectory))
                #expect(begun == Set(expected), "\(finished)")
            }
        }
    }

    @Test(
        "beams are compared by the score of all their steps",
        arguments: [(SolutionScore.last, "b"), (.min, "a"), (.product, "a"), (.mean, "b")])
    func score(score: SolutionScore, kept: String) throws {
        var trajectory = trajectory(score: score)
        try round(&trajectory, [("a", 0.5), ("b", 0.25), ("c", 0), ("d", 0)])
        try round(&trajectory, [("end!", 0.5), ("end!", 0.8), ("end!", 0), ("end!", 0)])
        #expect(trajectory.response.text == "\(kept)\n\nend!")
    }

    @Test(
        "the choice is among the finished solutions",
        arguments: [(FinalChoice.best, "1"), (.weighted, "2"), (.majority, "2")])
    func choice(choice: FinalChoice, answer: String) throws {
        var trajectory = trajectory(choice: choice)
        try round(
            &trajectory,
            [(#"\boxed{1}!"#, 0.9), (#"\boxed{2}!"#, 0.5), (#"\boxed{2}.!"#, 0.6), (#"\boxed{3}!"#, 0.1)])
        #expect(trajectory.response.answer == answer)
    }

    /// Runs of earlier versions are compared by these.
    @Test("settings at their default leave no trace, so that earlier runs can be resumed")
    func identity() {
        let samples = SampleSettings(n: 4, sampling: Sampling(temperature: 0.7, topP: 0.8))
        #expect(
            BeamSearch(beams: BeamSettings(count: 2, samples: samples)).yaml.map(\.key) == [
                "beams", "n", "temperature", "top_p",
            ])
        #expect(BestOfN(score: .last, samples: samples).yaml.map(\.key) == ["score", "n", "temperature", "top_p"])
        let all = BeamSearch(
            beams: BeamSettings(count: 2, score: .min, choice: .majority, samples: samples), finished: .leave,
            isDistinct: true)
        #expect(
            all.yaml.map { "\($0.key) \($0.value)" } == [
                "beams 2", "score min", "choose majority", "finished leave", "distinct true", "n 4",
                "temperature 0.7", "top_p 0.8",
            ])
        let best = BestOfN(score: .product, choice: .weighted, samples: samples, writer: .target)
        #expect(
            best.yaml.prefix(3).map { "\($0.key) \($0.value)" } == ["model target", "score product", "choose weighted"])
        #expect(best.roles == [.target, .prm])
    }
}

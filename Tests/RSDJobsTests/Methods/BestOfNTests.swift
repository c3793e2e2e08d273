@testable import Decoding
@testable import Methods
import Testing

@Suite("best_of_n") struct BestOfNTests {
    /// As lm-evaluation-harness files tell of it.
    @Test("samples have the method's own sampling settings")
    func sampling() {
        let sampling = Sampling(temperature: 0.7, topP: 0.8)
        let samples = SampleSettings(n: 4, sampling: sampling)
        let own: [any MethodSettings] = [
            BestOfN(score: .last, samples: samples), Majority(samples: samples, writer: .target),
            ProcessBestOfN(samples: samples), BeamSearch(beams: BeamSettings(count: 2, samples: samples)),
        ]
        #expect(own.map(\.sampling) == Array(repeating: sampling, count: 4))
        let others: [any MethodSettings] = [
            DraftOnly(), TargetOnly(), RewardGuidedSettings(weighting: .binaryStep(threshold: 0.7)),
        ]
        #expect(others.allSatisfy { $0.sampling == nil })
    }

    private func trajectory(_ count: Int, _ score: SolutionScore) -> Trajectory {
        Trajectory(
            id: TrajectoryID(method: "m", dataset: "d", problem: "p"), limits: .roomy,
            method: BestSample(
                score: score,
                samples: Samples(
                    count, by: .draft, sampling: Sampling(temperature: 0.7, topP: 0.8), limits: .roomy)))
    }

    private static let rewards = [[0.9, 0.5], [0.1, 0.8], [0.6, 0.6]]

    private func chosen(by score: SolutionScore, order: [Int] = [0, 1, 2]) throws -> Response {
        var trajectory = trajectory(3, score)
        for index in order {
            var event = Event.wrote(.draft, ["\(index)\n\n", "end"], .eos)
            event.candidate = index
            try trajectory.apply(event)
        }
        #expect(trajectory.needs.allSatisfy { $0.role == .prm })
        #expect(trajectory.wave == 1)
        for index in order {
            try trajectory.apply(
                .scored(
                    Scored(rewards: Self.rewards[index], tokens: [3, 3], promptTokens: 10, candidate: index)))
        }
        #expect(trajectory.response.finish == .eos)
        return trajectory.response
    }

    @Test(
        "the best score is taken",
        arguments: [
            (SolutionScore.last, 1, [0.5, 0.8, 0.6]), (.min, 2, [0.5, 0.1, 0.6]), (.mean, 0, [0.7, 0.45, 0.6]),
            (.product, 0, [0.45, 0.08, 0.36]),
        ])
    func bestScore(score: SolutionScore, best: Int, scores: [Double]) throws {
        let response = try chosen(by: score)
        #expect(response.text == "\(best)\n\nend")
        for (candidate, expected) in zip(response.candidates ?? [], scores) {
            #expect(abs((candidate.score ?? -1) - expected) < 1e-12)
        }
        #expect(response.candidates?.map(\.rewards) == Self.rewards)
        #expect(response.steps.map(\.reward) == Self.rewards[best])
        #expect(response == (try chosen(by: score, order: [2, 0, 1])))
        #expect(response.tokens.prm == .init(judged: 18, prompt: 30))
        #expect(response.tokens.draft.kept == 6)
        #expect(response.tokens.draft.rejected == 12)
    }

    @Test("a sample without text comes last")
    func emptySample() throws {
        var trajectory = trajectory(2, .mean)
        try trajectory.apply(.drafted("", end: .eos, for: 0))
        try trajectory.apply(.drafted("x", end: .eos, for: 1))
        #expect(trajectory.needs.map(\.candidate) == [1])
        try trajectory.apply(.scored(Scored(rewards: [0], tokens: [1], promptTokens: 1, candidate: 1)))
        #expect(trajectory.response.text == "x")
    }

    @Test("a sample is scored while others are written")
    func overlap() throws {
        var trajectory = trajectory(2, .last)
        try trajectory.apply(.drafted("x", end: .eos, for: 1))
        #expect(trajectory.needs.map(\.role) == [.draft, .prm])
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.drafted("y", end: .eos, for: 1)) }
    }

    @Test("the target's samples can be judged too, and the answer with the largest sum be taken")
    func weighted() throws {
        let samples = SampleSettings(n: 3, sampling: Sampling(temperature: 0.7, topP: 0.8))
        let settings = BestOfN(score: .last, choice: .weighted, samples: samples, writer: .target)
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        var trajectory = Trajectory(
            id: id, limits: .roomy,
            method: settings.start(
                CommonSettings(limits: .roomy, lookahead: .all, judgesEmptyEnd: false),
                draw: Draw(runSeed: 0, trajectory: id)))
        #expect(trajectory.needs.map(\.role) == [.target, .target, .target])
        for (index, text) in ["\\boxed{1}", "\\boxed{2}", "\\boxed{2.0}"].enumerated() {
            var event = Event.rewrote(text, end: .eos)
            event.candidate = index
            try trajectory.apply(event)
            let reward = [0.5, 0.25, 0.375][index]
            try trajectory.apply(
                .scored(Scored(rewards: [reward], tokens: [1], promptTokens: 1, candidate: index)))
        }
        #expect(trajectory.response.text == "\\boxed{2}")
        #expect(trajectory.response.candidates?.map(\.chosen) == [false, true, false])
        #expect(trajectory.response.tokens.target.kept == 9 && trajectory.response.tokens.target.rejected == 20)
        #expect(trajectory.response.tokens.draft.generated == 0)
    }
}

@testable import Decoding
@testable import Methods
@testable import ModelDoubles
import TestSupport
import Testing

/// A trajectory comes to the same response whatever else is in the batch and in whatever order answers arrive.
@Suite("Trajectories beside others")
struct IndependenceTests {
    private let models = FakeModels(seed: 7)
    private let lookaheads: [Lookahead] = [.steps(1), .steps(2), .all]

    @Test("a trajectory alone is the one that takes turns with others at random")
    func randomTurns() throws {
        let alone = try eachAlone()
        var random = SeededRandom(seed: 1)
        var batch = batch()
        for _ in 0..<10_000 {
            let unfinished = batch.indices.filter { !batch[$0].needs.isEmpty }
            guard let index = unfinished.randomElement(using: &random) else { break }
            try step(&batch[index])
        }
        #expect(batch.map(\.response) == alone)
    }

    @Test("a trajectory alone is the one in waves")
    func waves() throws {
        let alone = try eachAlone()
        var batch = batch()
        for _ in 0..<200 {
            for role in Role.allCases {
                for index in batch.indices.reversed() where batch[index].needs.first?.role == role {
                    try step(&batch[index])
                }
            }
        }
        #expect(batch.map(\.response) == alone)
    }

    @Test("a trajectory alone is the one from a merged journal")
    func mergedJournal() throws {
        var journals: [[Event]] = []
        var alone = batch()
        for index in alone.indices {
            journals.append(try engine(index).finish(&alone[index]))
        }
        var random = SeededRandom(seed: 2)
        var replayed = batch()
        var next = replayed.map { _ in 0 }
        let isLeft = { (index: Int) in next[index] < journals[index].count }
        while let index = replayed.indices.filter(isLeft).randomElement(using: &random) {
            try replayed[index].apply(journals[index][next[index]])
            next[index] += 1
        }
        #expect(replayed.map(\.response) == alone.map(\.response))
    }

    /// Problems that differ in their prompts only, with every look-ahead and with chance in the verdicts.
    private func batch() -> [Trajectory] {
        (0..<60).map { index in
            let id = TrajectoryID(method: "rsd", dataset: "d", problem: "\(index)")
            return Trajectory(
                id: id, limits: Limits(delimiter: "\n\n", maxTokens: 60, maxSteps: 12),
                method: RewardGuided(
                    weighting: .clipping, lookahead: lookaheads[index % 3],
                    draw: Draw(runSeed: 5, trajectory: id)))
        }
    }

    private func engine(_ index: Int) -> FakeEngine {
        var models = models
        models.prompt = "\(index)"
        return FakeEngine(models: models)
    }

    private func step(_ trajectory: inout Trajectory) throws {
        let index = try #require(Int(trajectory.id.problem))
        let event = try #require(engine(index).answer(trajectory.needs.first))
        try trajectory.apply(event)
    }

    private func eachAlone() throws -> [Response] {
        var batch = batch()
        for index in batch.indices { _ = try engine(index).finish(&batch[index]) }
        // The problems are different ones.
        try #require(Set(batch.map(\.response.text)).count > 30)
        return batch.map(\.response)
    }
}

@testable import Decoding
import Foundation
@testable import Graders
@testable import Methods
@testable import Reporting
@testable import RunStore
@testable import Support
import Testing

/// Rows against what is counted by hand from a few lines.
@Suite("Accounting") struct AccountingTests {
    private let flops = Flops(parameters: [.draft: 10, .target: 100, .prm: 1])

    @Test("every sample that a model writes costs")
    func everySample() {
        var tokens = TokenCounts()
        tokens.target = .init(kept: 5, rejected: 15, prompt: 40)
        #expect(flops.paper(tokens) == 4000)
        #expect(flops.spent(tokens) == 12_000)
    }

    /// Two problems, two samples each.
    private func rsdLines() -> [ResultLine] {
        var right = ResultLine.sample(method: "rsd", problem: "a", correct: true, waves: 2)
        right.steps = [
            Step(text: "1", origin: .draft, reward: 0.9),
            Step(text: "2", origin: .target, reward: 0.8, rejected: RejectedStep(text: "x", reward: 0.1)),
            Step(text: "3", origin: .draft, reward: 0.7),
        ]
        right.verdicts = Verdicts(accepted: 2, rejected: 1)
        right.tokens.draft = .init(kept: 20, rejected: 5, lookahead: 7, prompt: 30)
        right.tokens.target = .init(kept: 6, prompt: 40)
        right.tokens.prm = .init(judged: 25, prompt: 50)
        var alone = ResultLine.sample(method: "rsd", problem: "a", sample: 1, correct: true, waves: 1)
        alone.steps = [Step(text: "1", origin: .draft, reward: 0.95)]
        alone.verdicts = Verdicts(accepted: 1)
        alone.tokens.draft = .init(kept: 10, prompt: 3)
        alone.tokens.prm = .init(judged: 10, prompt: 12)
        var wrong = ResultLine.sample(method: "rsd", problem: "b", correct: false, waves: 3, finish: .maxSteps)
        wrong.steps = [
            Step(text: "1", origin: .target, rejected: RejectedStep(text: "y", reward: 0)),
            Step(text: "2", origin: .target, rejected: RejectedStep(text: "z", reward: 0)),
        ]
        wrong.verdicts = Verdicts(rejected: 2)
        wrong.tokens.draft.rejected = 8
        let failed = ResultLine.sample(
            method: "rsd", problem: "b", sample: 1, correct: false, waves: 1, finish: .failed)
        return [right, alone, wrong, failed]
    }

    @Test("the counts of one method are summed")
    func oneMethod() throws {
        let row = Summary.Row(method: "rsd", dataset: "d", lines: rsdLines(), flops: flops)
        #expect((row.total, row.problems, row.correct) == (4, 2, 2))
        #expect(row.finishes == ["eos": 2, "max_steps": 1, "failed": 1])
        #expect(row.targetStepShare == 0.5)
        #expect(row.waves == [4, 2, 1])
        // One of four answers came without the target; the failed one did not come.
        #expect((row.draftAlone.count, row.draftAlone.correct) == (1, 1))
        #expect((row.draftAlone.share, row.draftAlone.correctShare) == (0.25, 0.25))
        // 2 × (10 × (20 + 5 + 10 + 8) + 100 × 6 + 35), and 2 × (10 × (62 + 13 + 8) + 100 × 46 + 62).
        #expect((row.flopsPaper, row.flopsPaperPerProblem, row.flopsPaperPerAnswer) == (2130, 1065, 532.5))
        #expect((row.flopsSpent, row.flopsSpentPerProblem, row.flopsSpentPerAnswer) == (10_984, 5492, 2746))
        // Both samples of a problem agree, so that four answers are worth two.
        #expect(row.accuracyLow == Proportion(1, of: 2).interval?.lowerBound)
    }

    @Test("acceptance is told by right and wrong answers")
    func acceptance() throws {
        let row = Summary.Row(method: "rsd", dataset: "d", lines: rsdLines(), flops: flops)
        let acceptance = try #require(row.acceptance)
        #expect(acceptance.all.steps == Verdicts(accepted: 3, rejected: 3))
        #expect(acceptance.all.tokens == Verdicts(accepted: 30, rejected: 13))
        #expect(acceptance.right.steps == Verdicts(accepted: 3, rejected: 1))
        #expect(acceptance.right.tokens == Verdicts(accepted: 30, rejected: 5))
        #expect(acceptance.wrong.steps == Verdicts(accepted: 0, rejected: 2))
        #expect(
            acceptance.byStep == [
                Verdicts(accepted: 2, rejected: 1), Verdicts(accepted: 0, rejected: 2),
                Verdicts(accepted: 1, rejected: 0),
            ])
        #expect((row.acceptanceRate, row.acceptanceRateTokens) == (0.5, 30.0 / 43))
        let json = String(decoding: try JSONText.encode(acceptance.right.steps), as: UTF8.self)
        #expect(json == #"{"accepted":3,"rejected":1,"share":0.75}"#)
    }

    @Test("rewards without a threshold are no verdicts")
    func noThreshold() {
        let lines = rsdLines().map { line in
            var line = line
            line.verdicts = nil
            return line
        }
        let row = Summary.Row(method: "best_of_n", dataset: "d", lines: lines, flops: flops)
        #expect(row.acceptance == nil && row.acceptanceRate == nil)
        #expect(row.draftAlone.count == 1)
    }

    @Test("pairs are of the same problem and sample")
    func pairs() throws {
        let target = [
            ResultLine.sample(method: "target_only", problem: "a", correct: true),
            ResultLine.sample(method: "target_only", problem: "b", correct: true),
            ResultLine.sample(method: "target_only", problem: "c", correct: true),
        ]
        let pairs = PairedComparison(rsdLines(), against: target, named: "target_only")
        #expect((pairs.pairs, pairs.wins, pairs.losses, pairs.ties) == (2, 0, 1, 1))
        #expect(pairs.difference == -0.5)
    }

    @Test("busy time is the union of requests, and idle time the rest of the phases")
    func busyAndIdle() {
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        func asked(_ role: Role, _ begin: Double, _ seconds: Double) -> JournalRecord {
            let answer = Generated(role: role, steps: [StepText(text: "x", tokens: 1)], end: .eos, promptTokens: 1)
            return .event(id, .generated(answer), asked: TimeSpan(begin: begin, seconds: seconds))
        }
        let figures = RunFigures(
            records: [
                asked(.draft, 100, 4), asked(.draft, 102, 5), asked(.draft, 110, 1), asked(.target, 103, 2),
                .phase(wave: 1, engines: ["draft", "target"], seconds: 12),
            ], waves: 1)
        #expect(figures.seconds.busy == ["draft": 8, "target": 2])
        #expect(figures.seconds.idle == ["draft": 4, "target": 10])
    }

    @Test("tokens of requests are counted by engine, shared responses once")
    func engineTokens() throws {
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        let span = TimeSpan(begin: 100, seconds: 1)
        let answer = Generated(
            role: .draft, steps: [StepText(text: "x\n\n", tokens: 5), StepText(text: "y", tokens: 2)], end: .eos,
            promptTokens: 30)
        let scores = Scored(rewards: [1], tokens: [5], promptTokens: 40)
        let figures = RunFigures(
            records: [
                .event(id, .generated(answer), asked: span), .event(id, .generated(answer), asked: nil),
                .event(id, .scored(scores), asked: span), .event(id, .failed(reason: "x")),
                .phase(wave: 1, engines: ["draft", "prm"], seconds: 2),
                .event(id, .generated(answer), asked: span),
            ], waves: 1)
        #expect(figures.tokens == ["draft": .init(read: 60, written: 14), "prm": .init(read: 40)])
        let json = try JSONText.encode(figures)
        #expect(String(decoding: json, as: UTF8.self).contains(#""tokens":{"draft":{"read":60,"written":14}"#))
        #expect(try JSONDecoder().decode(RunFigures.self, from: json) == figures)
        let none = RunFigures(records: [], waves: 0)
        #expect(!String(decoding: try JSONText.encode(none), as: UTF8.self).contains("tokens"))
    }
}

extension ResultLine {
    static func sample(
        method: String = "rsd", dataset: String = "d", problem: String, sample: Int = 0, correct: Bool, waves: Int = 1,
        finish: Finish = .eos
    ) -> ResultLine {
        let id = TrajectoryID(method: method, dataset: dataset, problem: problem, sample: sample)
        let trajectory = Trajectory(
            id: id, limits: Limits(delimiter: "\n\n", maxTokens: 10, maxSteps: 10), method: SingleModel(role: .draft))
        var line = ResultLine(trajectory, finish: finish, gold: "1", grade: Grade(correct ? .right : .wrong))
        line.correct = correct
        line.waves = waves
        return line
    }
}

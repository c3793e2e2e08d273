@testable import Decoding
import Foundation
@testable import Graders
@testable import Methods
@testable import Reporting
@testable import RunStore
@testable import Support
import Testing

@Suite("The summary") struct SummaryTests {
    private func line(
        correct: Bool, steps: [Step], tokens: TokenCounts = TokenCounts(), verdicts: Verdicts? = nil,
        finish: Finish = .eos
    ) throws
        -> ResultLine
    {
        var trajectory = Trajectory(
            id: TrajectoryID(method: "rsd", dataset: "d", problem: "p"),
            limits: Limits(delimiter: "\n\n", maxTokens: 10, maxSteps: 10), method: SingleModel(role: .draft))
        try trajectory.apply(.failed(reason: "stands in for a finished one"))
        var line = ResultLine(trajectory, finish: finish, gold: "1", grade: Grade(correct ? .right : .wrong))
        line.correct = correct
        line.steps = steps
        line.tokens = tokens
        line.verdicts = verdicts
        return line
    }

    @Test("shares have the denominators that they claim")
    func shares() throws {
        var tokens = TokenCounts()
        tokens.draft.kept = 30
        tokens.draft.rejected = 10
        tokens.draft.lookahead = 100
        tokens.draft.prompt = 7
        tokens.target.kept = 20
        tokens.target.prompt = 9
        tokens.prm.judged = 40
        tokens.prm.prompt = 50
        let rejected = RejectedStep(text: "no", reward: 0.1)
        let steps = [
            Step(text: "a", origin: .draft, reward: 0.9), Step(text: "b", origin: .draft, reward: 0.8),
            Step(text: "c", origin: .draft, reward: 0.7),
            Step(text: "d", origin: .target, reward: 0.2, rejected: rejected),
        ]
        let lines = [
            try line(correct: true, steps: steps, tokens: tokens, verdicts: Verdicts(accepted: 3, rejected: 1)),
            try line(correct: false, steps: [], finish: .maxTokens),
        ]
        let row = Summary.Row(
            method: "rsd", dataset: "d", lines: lines,
            flops: Flops(parameters: [.draft: 1000, .target: 10_000, .prm: 500]))
        #expect(row.correct == 1)
        #expect(row.total == 2)
        #expect(row.accuracy == 0.5)
        #expect(row.finishes == ["eos": 1, "max_tokens": 1])
        #expect(row.targetStepShare == 0.25)
        #expect(row.acceptanceRate == 0.75)
        #expect(row.acceptanceRateTokens == 0.75)
        // 2 × (1000 × 40 + 10,000 × 20 + 500 × 40), and 2 × (1000 × 147 + 10,000 × 29 + 500 × 50).
        #expect(row.flopsPaper == 520_000)
        #expect(row.flopsSpent == 924_000)
    }

    /// Where no model writes the delimiter, each answer is one step, and what a PRM decides means little.
    @Test("answers without a delimiter are counted")
    func undivided() throws {
        let job = try SpecFixture().load()
        func undivided(_ method: String, length: Int, steps: Int) throws -> [String]? {
            let lines = try (0..<3).map { _ in
                let step = Step(text: "", origin: .draft, reward: 1)
                var line = try line(correct: true, steps: Array(repeating: step, count: steps))
                (line.method, line.text) = (method, String(repeating: "x", count: length))
                return line
            }
            return Summary(
                spec: job.spec, models: [:], lines: lines, grader: "exact",
                run: RunFigures(records: [], waves: 1)
            ).undivided
        }
        #expect(try undivided("rsd", length: 200, steps: 1) == ["rsd"])
        #expect(try undivided("rsd", length: 200, steps: 2) == nil)
        #expect(try undivided("rsd", length: 199, steps: 1) == nil)
        #expect(try undivided("target_only", length: 200, steps: 1) == nil)
    }

    @Test("a method without verdicts has no acceptance")
    func noVerdicts() throws {
        let row = Summary.Row(
            method: "draft_only", dataset: "d",
            lines: [try line(correct: true, steps: [Step(text: "a", origin: .draft)])],
            flops: Flops(parameters: [:]))
        #expect(row.acceptanceRate == nil)
        #expect(row.acceptanceRateTokens == nil)
        #expect(row.targetStepShare == 0)
    }

    @Test("a share of nothing is no number")
    func nothing() throws {
        let row = Summary.Row(method: "m", dataset: "d", lines: [], flops: Flops(parameters: [:]))
        #expect(row.accuracy == nil)
        #expect(row.accuracyLow == nil)
        let text = String(decoding: try JSONEncoder().encode(row), as: UTF8.self)
        #expect(text.contains(#""accuracy":null"#))
        #expect(text.contains(#""acceptance_rate":null"#))
        #expect(try JSONDecoder().decode(Summary.Row.self, from: Data(text.utf8)) == row)
    }

    /// Against the roots of (p − q)² = z² q (1 − q) / n, solved for q elsewhere.
    @Test(
        "Wilson intervals agree with known values",
        arguments: [
            (0, 20, 0.0, 0.161125),
            (20, 20, 0.838875, 1.0),
            (10, 20, 0.299298, 0.700702),
            (186, 200, 0.885945, 0.957848),
        ])
    func wilson(count: Int, total: Int, low: Double, high: Double) throws {
        let interval = try #require(Proportion(count, of: total).interval)
        #expect(abs(interval.lowerBound - low) < 1e-5)
        #expect(abs(interval.upperBound - high) < 1e-5)
    }

    @Test("a result line has null for what is missing")
    func missingKeys() throws {
        let line = try line(correct: false, steps: [Step(text: "a", origin: .target)])
        let text = String(decoding: try ResultLine.encode([line]), as: UTF8.self)
        #expect(text.contains(#""reward":null"#))
        #expect(text.contains(#""answer":null"#))
        #expect(text.hasSuffix("}\n"))
        let read = try JSONDecoder().decode(ResultLine.self, from: Data(text.utf8))
        #expect(read == line)
    }

    @Test("candidates have answers of their own, found as that of the response is")
    func candidatesHaveAnswers() throws {
        var line = try line(correct: true, steps: [Step(text: "a", origin: .draft)])
        line.candidates = [
            Candidate(text: #"so \boxed{7}"#, finish: .eos, rewards: [0.5, nil], score: 0.5, chosen: true),
            Candidate(text: "12 and", finish: .maxTokens, rewards: [], score: nil, chosen: false),
            Candidate(text: "12", finish: .eos, rewards: [], score: nil, chosen: false),
        ]
        let data = try ResultLine.encode([line])
        #expect(
            String(decoding: data, as: UTF8.self).contains(
                #""candidates":[{"answer":"7","chosen":true,"finish":"eos","rewards":[0.5,null],"score":0.5,"#
                    + #""text":"so \\boxed{7}"},{"answer":null,"#))
        #expect(try JSONDecoder().decode(ResultLine.self, from: data) == line)
        #expect(line.candidates?.map(\.answer) == ["7", nil, "12"])
    }

    @Test("the figures of a run add up over resumptions")
    func resumptions() {
        let records: [JournalRecord] = [
            .load(EngineLoad("draft", seconds: 1)), .phase(wave: 1, engines: ["draft"], seconds: 10), .swap,
            .load(EngineLoad("prm", seconds: 2)), .load(EngineLoad("draft", seconds: 3)),
            .phase(wave: 2, engines: ["draft", "prm"], seconds: 5),
        ]
        let figures = RunFigures(records: records, waves: 2)
        #expect(figures.coldStarts == 3)
        #expect(figures.swaps == 1)
        #expect(figures.seconds.loading == ["draft": 4, "prm": 2])
        #expect(figures.seconds.working == ["draft": 10, "draft+prm": 5])
        #expect(figures.joules == nil)
    }

    @Test("energy is summed by the engines that were up, and told only where every phase was measured")
    func energy() throws {
        var records: [JournalRecord] = [
            .phase(wave: 1, engines: ["draft"], seconds: 10, joules: .init(entering: 1800, working: 3600)), .swap,
            .phase(wave: 1, engines: ["prm", "target"], seconds: 5, joules: .init(entering: 900, working: 720)),
            .phase(wave: 2, engines: ["draft"], seconds: 1, joules: .init(entering: 900, working: 360)),
        ]
        let joules = try #require(RunFigures(records: records, waves: 2).joules)
        #expect(joules.entering == ["draft": 2700, "prm+target": 900])
        #expect(joules.working == ["draft": 3960, "prm+target": 720])
        #expect(joules.total == 8280)
        #expect(joules.words == "starting 1 Wh, draft 1.10 Wh, prm+target 0.20 Wh")
        records.append(.phase(wave: 2, engines: ["prm", "target"], seconds: 1))
        #expect(RunFigures(records: records, waves: 2).joules == nil)
        #expect(RunFigures(records: [], waves: 0).joules == nil)
    }

    @Test("a reading that is missing, or a counter that began anew, is no energy")
    func energyOfAPhase() {
        #expect(PhaseEnergy(readings: [100, 130, 130]) == PhaseEnergy(entering: 30, working: 0))
        let faults: [[Double?]] = [
            [100, nil, 130], [100, 130, nil], [100, 130, 20], [100, 30, 200], [nil, nil, nil],
        ]
        for readings in faults {
            #expect(PhaseEnergy(readings: readings) == nil)
        }
    }
}

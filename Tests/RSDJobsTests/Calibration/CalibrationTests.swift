@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support
import Testing

@Suite("Calibration on runs") struct CalibrationTests {
    private static let rsd = "- { rsd: { threshold: 0.7 } }"

    /// A run with three thresholds: 1, 3 and 5 of six problems are right.
    private func sweep(_ runs: borrowing ComparedRuns, methods: String = "- { rsd: { threshold: [0.3, 0.5, 0.7] } }")
        async throws -> String
    {
        let names = ComparedRuns.sums.map(\.id)
        try await runs.run(
            "sweep", changes: [(Self.rsd, methods)],
            right: ["rsd-0.3": Set(names.prefix(1)), "rsd-0.5": Set(names.prefix(3)), "rsd-0.7": Set(names.prefix(5))])
        return runs.directory("sweep").url.path
    }

    private func reason(_ body: () throws -> Calibration) -> String {
        do {
            _ = try body()
            return "no error"
        } catch {
            return (error as? any ProgramError)?.explanation.message ?? "\(error)"
        }
    }

    @Test("a run with several thresholds says which one reaches an accuracy, and what each is worth")
    func accuracy() async throws {
        let runs = try ComparedRuns()
        let path = try await sweep(runs)
        let found = try Calibration(run: path, goal: .accuracy(0.5))
        #expect(found.basis == .thresholds && found.problems == 6 && found.notes.isEmpty)
        #expect(found.points.map(\.method) == ["rsd-0.3", "rsd-0.5", "rsd-0.7"])
        #expect(found.points.map { ($0.accuracy ?? 0) * 6 } == [1, 3, 5])
        #expect(found.points.allSatisfy { ($0.cost ?? 0) > 0 && $0.rewritten != nil })
        let choice = try #require(found.choice)
        #expect(choice.threshold == 0.5 && choice.accuracy == 0.5 && choice.heldOut?.folds == 6)
        #expect(try Calibration(run: path, goal: .accuracy(4.0 / 6)).choice?.threshold == 0.6)
        #expect(try Calibration(run: path, goal: nil).choice == nil)
        // A cost of all that there is leaves the largest.
        #expect(try Calibration(run: path, goal: .cost(1000)).choice?.threshold == 0.7)
        let json = try JSONSerialization.jsonObject(with: JSONText.encode(found)) as? [String: Any]
        let written = json?["choice"] as? [String: Any]
        #expect(
            Set((written ?? [:]).keys)
                == ["goal", "value", "threshold", "low", "high", "accuracy", "cost", "held_out"])
        #expect((json?["points"] as? [[String: Any]])?.first?["accuracy_low"] as? Double != nil)
    }

    @Test("a goal that no threshold meets is an error with what is reachable")
    func unreachable() async throws {
        let runs = try ComparedRuns()
        let path = try await sweep(runs)
        let accuracy = reason { try Calibration(run: path, goal: .accuracy(0.9)) }
        #expect(accuracy.contains("reaches an accuracy of 90.0%: the highest is 83.3% at 0.7"), "\(accuracy)")
        let cost = reason { try Calibration(run: path, goal: .cost(0.0001)) }
        #expect(cost.contains("the least is") && cost.contains("lower thresholds"), "\(cost)")
    }

    @Test("what cannot be calibrated is refused with its reason")
    func refusals() async throws {
        let runs = try ComparedRuns()
        let methods = """
            - { rsd: { threshold: [0.3, 0.5] } }
              - { rsd: { name: soft, weighting: logistic, alpha: 9, threshold: 0.5 } }
              - draft_only
            """
        let path = try await sweep(runs, methods: methods)
        for (found, wanted) in [
            (reason { try Calibration(run: path, goal: nil) }, "with different settings: rsd-0.3 (rsd, weighting"),
            (reason { try Calibration(run: path, goal: nil, method: "rds-0.3") }, "did you mean 'rsd-0.3'?"),
            (
                reason { try Calibration(run: path, goal: nil, method: "draft_only") },
                "no method with a threshold called"
            ),
            (
                reason { try Calibration(run: path, goal: nil, method: "soft", dataset: "x") },
                "no data set called \"x\""
            ),
            (
                reason { try Calibration(run: path, goal: .accuracy(0.5), method: "soft") },
                "tried only the threshold 0.5"
            ),
            (
                reason { try Calibration(run: path, goal: .cost(0.5), method: "soft") },
                "do not follow from rewards alone"
            ),
            (reason { try Calibration(run: path, goal: nil, kind: "gsi") }, "has no gsi with a threshold"),
            (reason { try Calibration(run: path + "/none", goal: nil) }, "is not a run directory"),
        ] { #expect(found.contains(wanted), "\(found)") }
        #expect(try Calibration(run: path, goal: nil, method: "rsd-0.5").points.count == 2)

        let bare = try ComparedRuns()
        try await bare.run("bare", changes: [(Self.rsd, "- draft_only")])
        #expect(
            reason { try Calibration(run: bare.directory("bare").url.path, goal: nil) }
                .contains("none of its methods has a threshold"))
        try await bare.run(
            "poor", changes: [(Self.rsd, "- { rsd: { threshold: [0.3, 0.5] } }"), ("  - target_only\n", "")])
        #expect(
            reason { try Calibration(run: bare.directory("poor").url.path, goal: .cost(0.5)) }
                .contains("the run has no `target_only`"))
        #expect(try Calibration(run: bare.directory("poor").url.path, goal: .accuracy(0)).choice?.threshold == 0.3)
    }

    @Test("an unfinished run is refused")
    func unfinished() async throws {
        let runs = try ComparedRuns()
        let path = try await sweep(runs)
        let journal = runs.directory("sweep").journal
        let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n").prefix(12)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: journal)
        try FileManager.default.removeItem(at: runs.directory("sweep").results)
        let found = reason { try Calibration(run: path, goal: .accuracy(0.5)) }
        #expect(found.contains("the run is unfinished") && found.contains("Resume it"), "\(found)")
    }

    @Test("a run whose data sets are gone is read from its results, and none is changed")
    func goneDatasets() async throws {
        let runs = try ComparedRuns()
        let path = try await sweep(runs)
        let before = try Calibration(run: path, goal: .accuracy(0.5))
        try FileManager.default.removeItem(at: runs.dataFile("sweep"))
        let results = try Data(contentsOf: runs.directory("sweep").results)
        let after = try Calibration(run: path, goal: .accuracy(0.5))
        #expect(after.points == before.points && after.choice?.threshold == before.choice?.threshold)
        #expect(try Data(contentsOf: runs.directory("sweep").results) == results)
    }

    /// rsd at 0.5 on two problems: rewards 0.9 and 0.2, and 0.6 and 0.4; each step of a model has 10 tokens.
    private var lines: [ResultLine] {
        [(0.9, 0.2), (0.6, 0.4)].enumerated().flatMap { index, rewards in
            var line = ResultLine.sample(problem: "\(index)", correct: true)
            line.steps = [
                Step(text: "a", origin: .draft, reward: rewards.0),
                Step(text: "b", origin: .target, reward: 0.1, rejected: RejectedStep(text: "c", reward: rewards.1)),
            ]
            (line.tokens.draft.kept, line.tokens.draft.rejected) = (10, 10)
            (line.tokens.target.kept, line.tokens.prm.judged) = (10, 20)
            var target = ResultLine.sample(method: "target_only", problem: "\(index)", correct: true)
            target.tokens.target.kept = 20
            return [line, target]
        }
    }

    @Test("rewards at one threshold say what others would cost, and nothing of their accuracy")
    func rewards() throws {
        let flops = Flops(parameters: [.draft: 1, .target: 10, .prm: 1])
        let evidence = try #require(
            ThresholdEvidence(rewardsOf: "rsd", at: 0.5, in: lines, target: "target_only", flops))
        // Draft and PRM: 20 + 20 per answer; the target: 100 per rewritten step; alone: 200.
        for (threshold, rewritten) in [(0.0, 0.0), (0.2, 0), (0.21, 0.5), (0.5, 1), (0.7, 1.5), (1, 2)] {
            let cost = try #require(evidence.cost(at: threshold))
            #expect(abs(cost - (40 + 100 * rewritten) / 200) < 1e-9, "\(threshold)")
        }
        #expect(evidence.accuracy(at: 0.5) == nil && !evidence.hasAnswers)
        #expect(abs((ThresholdChoice.point(.cost(0.7), on: evidence) ?? 0) - 0.6) < 1e-9)
        #expect(ThresholdEvidence(rewardsOf: "rsd", at: 0.7, in: lines, target: nil, flops) == nil)
        #expect(ThresholdEvidence(rewardsOf: "target_only", at: 0.5, in: lines, target: nil, flops) == nil)
        let unknown = try #require(
            ThresholdEvidence(rewardsOf: "rsd", at: 0.5, in: lines, target: "target_only", Flops(parameters: [:])))
        #expect(!unknown.hasCosts && ThresholdChoice(.cost(1), on: unknown) == nil)
    }
}

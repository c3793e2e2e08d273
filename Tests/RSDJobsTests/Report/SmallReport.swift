@testable import Decoding
import Foundation
@testable import Graders
@testable import JobSpecs
@testable import Reporting
@testable import RunStore
@testable import Support

/// A report of a run made up from lines, on three problems: "1+1?", "2+2?" and "3+3?".
struct SmallReport {
    var lines: [ResultLine] = []
    /// The journal.
    var records: [JournalRecord] = []
    var questions: [String] = ["1+1?", "2+2?", "3+3?"]

    /// rsd is right on 0 and 1, the target on 0 and 2.
    static var golden: SmallReport {
        var report = SmallReport()
        for (method, right) in [("rsd", [true, true, false]), ("target_only", [true, false, true])] {
            for problem in 0..<3 {
                var line = ResultLine.sample(
                    method: method, dataset: "heldout", problem: "\(problem)", correct: right[problem], waves: 1)
                line.answer = "\(problem)"
                line.gold = "\(2 * problem + 2)"
                line.text = "so \\boxed{\(problem)}"
                if method == "rsd" {
                    line.tokens.draft = .init(kept: 30, rejected: 10, lookahead: 5, prompt: 20)
                    line.tokens.target = .init(kept: 10, prompt: 50)
                    line.tokens.prm = .init(judged: 40, prompt: 80)
                    line.steps = [
                        Step(text: "1\n\n", origin: .draft, reward: 0.925),
                        Step(
                            text: line.text, origin: .target, reward: 0.5,
                            rejected: RejectedStep(text: "no", reward: 0.125)),
                    ]
                    line.verdicts = Verdicts(accepted: 1, rejected: 1)
                } else {
                    line.tokens.target = .init(kept: 40, prompt: 20)
                    line.steps = [Step(text: line.text, origin: .target)]
                }
                report.lines.append(line)
            }
        }
        return report
    }

    func made() throws -> RunReport {
        let fixture = try SpecFixture()
        let records = try questions.map { question in
            String(decoding: try JSONText.encode(["question": question, "answer": "2"]), as: UTF8.self)
        }
        try fixture.write(records.joined(separator: "\n"), to: "problems.jsonl")
        let job = try JobLoader.load(URL(filePath: fixture.path("job.yaml")))
        let manifest = Manifest(
            job: "demo", identity: SpecIdentity(job), seed: 7, program: "0.1.0", engine: "0.9+cpu", host: "node7",
            created: "2026-01-02T03:04:05Z", residency: "share: all fit", batchInvariant: false)
        let summary = Summary(
            spec: job.spec, models: job.models.mapValues(\.size), lines: lines,
            grader: ExactGrader.id, run: RunFigures(records: self.records, waves: 1))
        return RunReport(
            job: job, manifest: manifest, summary: summary, lines: lines, records: self.records, total: 6)
    }
}

import Checkpoints
import Decoding
import Graders
import JobSpecs
import Reporting
import RunStore
import Support

/// Grades a run's answers and writes `results.jsonl`, `summary.json` and the reports.
///
/// Create it only while holding the run directory's lock. Unfinished trajectories are left out.
struct ResultsWriter: Sendable {
    let job: LoadedJob
    let manifest: Manifest
    let directory: RunDirectory
    let models: [Role: ModelSize]
    /// The records of the journal.
    let records: [JournalRecord]

    /// - Parameter id: the grader's name and version.
    /// - Throws: `CancellationError`, which leaves the files unchanged, or a file system error. If the grader fails, the answers
    ///   are written with the verdict `error` and the reason.
    func write(_ trajectories: TrajectorySet, with grader: any Grader, id: String) async throws -> RunOutcome {
        let grades = try await AnswerSheet(trajectories).grades(from: grader)
        let lines = ResultLine.all(of: trajectories, grades: grades)
        let summary = Summary(
            spec: job.spec, models: models, lines: lines, grader: id,
            run: RunFigures(records: records, waves: trajectories.waves, engines: JobEngines(job.spec)))
        let report = RunReport(
            job: job, manifest: manifest, summary: summary, lines: lines, records: records, total: trajectories.count)
        let page = Ahead { try report.html() }
        try AtomicFile.write(try ProblemLine.encode(job), to: directory.problems)
        try AtomicFile.write(try ResultLine.encode(lines), to: directory.results)
        try report.write(to: directory, page: page.take())
        return RunOutcome(directory: directory, summary: report.summary, lines: lines)
    }
}

/// The outcome of a finished run.
package struct RunOutcome: Sendable {
    package var directory: RunDirectory
    package var summary: Summary
    /// Trajectories that failed.
    package var failed: Int
    /// Answers without a verdict: the grader timed out or failed.
    package var unjudged: [Unjudged]

    /// By trajectory: whether its answer counts as right.
    let verdicts: [String: Bool]

    package struct Unjudged: Sendable, Equatable {
        package var id: String
        package var verdict: Grade.Verdict
        package var reason: String
    }

    init(directory: RunDirectory, summary: Summary, lines: [ResultLine]) {
        self.directory = directory
        self.summary = summary
        verdicts = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, $0.correct) })
        failed = lines.count { $0.finish == .failed }
        unjudged = lines.filter { [.timeout, .error].contains($0.verdict) }.map {
            Unjudged(id: $0.id, verdict: $0.verdict, reason: $0.verdictReason ?? "")
        }
    }
}

import Checkpoints
import Decoding
import Graders
import JobSpecs
import Reporting
import RunStore
import Support

/// What a run's answers come to: graded, and written to `results.jsonl`, `summary.json` and what else reports them.
///
/// To be made by the owner of the run directory's lock. Trajectories that are not finished are left out.
struct ResultsWriter: Sendable {
    let job: LoadedJob
    let directory: RunDirectory
    let models: [Role: ModelSize]
    /// All that the journal holds.
    let records: [JournalRecord]

    /// - Parameter id: what the grader calls itself.
    /// - Throws: `CancellationError`, after which the files are as they were, or an error of the file system. Where the grader
    ///   fails, the answers are written all the same, each with the verdict `error` and the reason.
    func write(_ trajectories: TrajectorySet, with grader: any Grader, id: String) async throws -> RunOutcome {
        let grades = try await AnswerSheet(trajectories).grades(from: grader)
        let lines = trajectories.compactMap { trajectory in
            trajectory.response.finish.map {
                ResultLine(
                    trajectory, finish: $0, gold: trajectories.problem(of: trajectory.id)?.answer ?? "",
                    grade: grades[trajectory.id] ?? Grade(.error, reason: "it was never judged"))
            }
        }
        guard let manifest = try Manifest.read(directory.manifest) else { throw NoRun(directory: directory.url.path) }
        let summary = Summary(
            spec: job.spec, models: models, lines: lines, grader: id,
            run: RunFigures(records: records, waves: trajectories.waves, engines: JobEngines(job.spec)))
        let results = try ResultLine.encode(lines)
        try AtomicFile.write(results, to: directory.results)
        try RunReport(
            job: job, manifest: manifest, summary: summary, lines: lines, results: results, records: records,
            total: trajectories.count
        ).write(to: directory)
        return RunOutcome(directory: directory, summary: summary, lines: lines)
    }
}

/// How a run ended that came to its end.
package struct RunOutcome: Sendable {
    package var directory: RunDirectory
    package var summary: Summary
    /// Trajectories that were given up.
    package var failed: Int
    /// Answers that the grader did not judge, because it took too long or could not.
    package var unjudged: [Unjudged]

    package struct Unjudged: Sendable, Equatable {
        package var id: String
        package var verdict: Grade.Verdict
        package var reason: String
    }

    init(directory: RunDirectory, summary: Summary, lines: [ResultLine]) {
        self.directory = directory
        self.summary = summary
        failed = lines.count { $0.finish == .failed }
        unjudged = lines.filter { [.timeout, .error].contains($0.verdict) }.map {
            Unjudged(id: $0.id, verdict: $0.verdict, reason: $0.verdictReason ?? "")
        }
    }
}

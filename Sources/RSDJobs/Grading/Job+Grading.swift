import Foundation
import Graders
import JobSpecs
import Reporting
import RunStore
import Support

extension Job {
    /// Looks whether a job's answers can be graded here.
    ///
    /// - Returns: what the grader calls itself, with its version.
    /// - Throws: ``GraderUnavailable``.
    package static func grader(of job: LoadedJob) async throws -> String {
        let grader = job.spec.grading.grader.grader(venv: job.spec.engine.venv, directory: RunDirectory(job.file))
        return try await grader.prepare()
    }

    /// Grades a run anew, finished or not, without generating anything: `results.jsonl` and `summary.json` are written, and
    /// where the grader is a process the ledger and the logs tell of it.
    ///
    /// - Parameters:
    ///   - kind: nil for the grader of the run's job.
    ///   - began: told what the grader calls itself and how many trajectories are finished, of how many.
    /// - Throws: ``NoRun``, ``RunLocked``, ``RunIncomplete``, ``JournalCorrupt``, ``ForeignEvent``, ``GraderUnavailable``,
    ///   ``Interrupted``, or an error of the file system. The files are as they were then.
    package static func grade(
        _ directory: RunDirectory, with kind: GraderKind? = nil, interruption: Interruption,
        began: (_ grader: String, _ finished: Int, _ total: Int) -> Void
    ) async throws -> Regrading {
        _ = try Manifest.ofRun(in: directory)
        try directory.checkPlaces()
        let lock = try await interruption.cancelOnInterrupt { try await RunLock.take(directory.lock) }
        defer { lock.release() }
        return try await gradeLocked(directory, by: lock, with: kind, interruption: interruption, began: began)
    }

    static func gradeLocked(
        _ directory: RunDirectory, by lock: RunLock, with kind: GraderKind?, interruption: Interruption,
        began: (_ grader: String, _ finished: Int, _ total: Int) -> Void
    ) async throws -> Regrading {
        let run = try StoredRun(directory)
        try run.checkResultsAreKept()
        let kind = kind ?? run.job.spec.grading.grader
        let grader = kind.grader(venv: run.job.spec.engine.venv, directory: directory)
        let models = try run.modelSizes()
        let id = try await interruption.cancelOnInterrupt { try await grader.prepare() }
        let before = Regrading.verdicts(in: directory)
        let writer = ResultsWriter(
            job: run.job, directory: directory, models: models, records: run.records)
        began(id, run.trajectories.finishedCount, run.trajectories.count)
        if kind != .exact { _ = try await GraderProcesses(directory).ledger.sweepLeftovers() }
        try lock.confirm(isLast: true)
        let outcome = try await interruption.cancelOnInterrupt {
            try await writer.write(run.trajectories, with: grader, id: id)
        }
        return Regrading(outcome: outcome, before: before)
    }
}

/// What a run's answers came to when they were graded anew.
package struct Regrading: Sendable {
    package var outcome: RunOutcome
    /// Answers that count as right now and did not before.
    package var nowRight = 0
    /// Answers that counted as right before and do not now.
    package var nowWrong = 0
    /// Answers that had no verdict before.
    package var new = 0

    init(outcome: RunOutcome, before: [String: Bool]) {
        self.outcome = outcome
        for (id, isRight) in Self.verdicts(in: outcome.directory) {
            switch (before[id], isRight) {
            case (nil, _): new += 1
            case (false?, true): nowRight += 1
            case (true?, false): nowWrong += 1
            default: break
            }
        }
    }

    /// By trajectory: whether its answer counts as right in the results that are there.
    static func verdicts(in directory: RunDirectory) -> [String: Bool] {
        var verdicts: [String: Bool] = [:]
        for line in ResultLine.all(in: directory.resultsContent) { verdicts[line.id] = line.correct }
        return verdicts
    }
}

import Foundation
import Graders
import JobSpecs
import Reporting
import RunStore
import Support

extension Job {
    /// Checks that a job's answers can be graded here.
    ///
    /// - Returns: the grader's name and version.
    /// - Throws: ``GraderUnavailable``.
    package static func grader(of job: LoadedJob) async throws -> String {
        let grader = job.spec.grading.grader.grader(venv: job.spec.engine.venv, directory: RunDirectory(job.file))
        return try await grader.prepare()
    }

    /// Regrades a run, finished or not, without generating anything: writes `results.jsonl` and `summary.json`; a grader that is
    /// a process also writes to the ledger and the logs.
    ///
    /// - Parameters:
    ///   - kind: nil for the grader of the run's job.
    ///   - began: called with the grader's name, the number of finished trajectories, and the total.
    /// - Throws: ``NoRun``, ``RunLocked``, ``RunIncomplete``, ``JournalCorrupt``, ``ForeignEvent``, ``GraderUnavailable``,
    ///   ``Interrupted``, or a file system error. The files are then unchanged.
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
        let before = Dictionary(
            ResultLine.all(in: directory.resultsContent).map { ($0.id, $0.correct) }, uniquingKeysWith: { $1 })
        let writer = ResultsWriter(
            job: run.job, manifest: run.manifest, directory: directory, models: models, records: run.records)
        began(id, run.trajectories.finishedCount, run.trajectories.count)
        if grader.startsProcesses { _ = try await GraderProcesses(directory).ledger.sweepLeftovers() }
        try lock.confirm(isLast: true)
        let outcome = try await interruption.cancelOnInterrupt {
            try await writer.write(run.trajectories, with: grader, id: id)
        }
        return Regrading(outcome: outcome, before: before)
    }
}

/// The outcome of regrading a run.
package struct Regrading: Sendable {
    package var outcome: RunOutcome
    /// Answers that are now right and were not before.
    package var nowRight = 0
    /// Answers that were right and are not any more.
    package var nowWrong = 0
    /// Answers without an earlier verdict.
    package var new = 0

    /// - Parameter before: whether the answer of each trajectory was right.
    init(outcome: RunOutcome, before: [String: Bool]) {
        self.outcome = outcome
        for (id, isRight) in outcome.verdicts {
            switch (before[id], isRight) {
            case (nil, _): new += 1
            case (false?, true): nowRight += 1
            case (true?, false): nowWrong += 1
            default: break
            }
        }
    }
}

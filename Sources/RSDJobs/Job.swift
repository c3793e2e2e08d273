import Foundation
import ModelLifecycle
import Graders
import JobSpecs
import Logging
import RunStore
import Runner
import Support

/// Runs jobs: the entry point of the package's own programs.
package enum Job {
    /// Runs a job in a directory, or resumes it.
    ///
    /// - Parameters:
    ///   - gpus: UUIDs of the GPUs to use; nil for all that are visible.
    ///   - kept: the engines of the job before, on the same GPUs, and what the next one may need of this job's.
    ///   - deadline: when the run must be over; it ends with ``Interrupted`` before that.
    ///   - waits: whether to wait if another process works on the run.
    ///   - retryFailed: whether to retry failed trajectories.
    ///   - reuse: runs, or folders of runs, whose responses are taken over.
    ///   - observe: called with every event, from any thread; must return at once.
    /// - Throws: ``RunLocked``, ``RunLockLost``, ``SpecChanged``, ``JournalCorrupt``, ``JournalWriteFailure``, ``FileFailure``,
    ///   ``Interrupted``, ``GraderUnavailable``, ``EngineUseless``, ``ResidencyImpossible``, or an `EngineError`. The journal is
    ///   kept in every case.
    ///   lost by any of them.
    package static func run(
        _ job: LoadedJob, in directory: RunDirectory, on gpus: [String]? = nil, kept: KeptEngines = KeptEngines(),
        deadline: Deadline? = nil,
        waits: Bool = false,
        retryFailed: Bool = false, reuse: [URL] = [], interruption: Interruption, logger: Logger,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> RunOutcome {
        let grader = job.spec.grading.grader.grader(venv: job.spec.engine.venv, directory: directory)
        if let disk = RunSize(job).finding(on: DiskSpace.at(directory.url.path), directory.url.path),
            disk.severity == .error
        {
            logger.warning("\(disk.text). \(disk.remedy ?? "")")
        }
        let graderID = try await interruption.cancelOnInterrupt { try await grader.prepare() }
        let run = JobRun(
            job: job, directory: directory,
            makeProvider: {
                if job.spec.engine.residency == .attach {
                    return try AttachedEngines(job: job, kept: kept, logger: logger)
                }
                return try LocalEngines(job: job.seeing(gpus), directory: directory, kept: kept, logger: logger)
            },
            grader: grader, graderID: graderID, interruption: interruption, deadline: deadline, waits: waits,
            willWait: { try await kept.endEngines() }, retryFailed: retryFailed, reuse: reuse, observe: observe)
        return try await run.run()
    }

    /// The choice of `residency: auto` if the job ran here and now, as one sentence; nil if the job names its residency.
    ///
    /// - Throws: ``ResidencyImpossible``, also if there are fewer GPUs than the job spreads a model over; an `EngineError` if the engine
    ///   is not installed.
    package static func residency(of job: LoadedJob) async throws -> String? {
        let isChosen = job.spec.engine.residency == .auto
        guard isChosen || job.spec.gpus > 1, job.spec.engine.residency != .attach else { return nil }
        let dialect = job.spec.engine.dialect
        let machine = try await MachineMemory.measure(for: job.spec, dialect: dialect)
        guard isChosen else { return nil }
        let requests = await RequestsInFlight(job.spec, on: machine, dialect: dialect)
        return try ResidencyPlan(job.spec, models: job.memory, on: machine, requests: requests).reason
    }
}

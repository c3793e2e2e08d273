import Logging

/// Runs jobs: the library's front door.
public enum Job {
    /// Runs a job in a directory, or goes on where an earlier process left it.
    ///
    /// - Parameters:
    ///   - retryFailed: whether trajectories that were given up get another try.
    ///   - observe: told of everything as it happens, from any thread; must return at once.
    /// - Throws: ``RunLocked``, ``SpecChanged``, ``JournalCorrupt``, ``JournalWriteFailure``, ``FileFailure``,
    ///   ``Interrupted``, ``EngineUseless``, or an `EngineError`. Nothing that was journalled is lost by any of them.
    public static func run(
        _ job: LoadedJob, in directory: RunDirectory, retryFailed: Bool = false, interruption: Interruption,
        logger: Logger, observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> RunOutcome {
        let run = JobRun(
            job: job, directory: directory,
            makeRoom: { try ResidentEngines(job: job, directory: directory, logger: logger) },
            interruption: interruption, retryFailed: retryFailed, observe: observe)
        return try await run.run()
    }
}

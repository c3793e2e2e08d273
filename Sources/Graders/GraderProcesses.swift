import ModelLifecycle
import RunStore
import Support

/// Starts grader processes with the run's ledger and logs.
package struct GraderProcesses: Sendable {
    package let ledger: EngineLedger
    package let logs: String

    /// Create it only while holding the run directory's lock.
    ///
    /// - Throws: `LedgerError`.
    package init(_ directory: RunDirectory) throws {
        ledger = try EngineLedger(path: directory.engines.path)
        logs = directory.logs.path
    }

    /// - Throws: ``GraderUnavailable`` if the program cannot be started; `LedgerError`, ``FileFailure``.
    package func start(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        workingDirectory: String? = nil,
        talk: SpawnRequest.Talk
    ) async throws -> HelperProcess {
        do {
            return try await HelperProcess.start(
                "grader", executable: executable, arguments: arguments, environment: environment,
                workingDirectory: workingDirectory, talk: talk, logs: logs, ledger: ledger)
        } catch let error as SpawnError {
            throw GraderUnavailable("the grader could not be started: \(error)")
        }
    }
}

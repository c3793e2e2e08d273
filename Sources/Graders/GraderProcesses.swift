import ModelLifecycle
import RunStore
import Support

/// Where graders that are processes keep their books: the run's ledger and its logs.
package struct GraderProcesses: Sendable {
    package let ledger: EngineLedger
    package let logs: String

    /// To be made by the owner of the run directory's lock.
    ///
    /// - Throws: `LedgerError`.
    package init(_ directory: RunDirectory) throws {
        ledger = try EngineLedger(path: directory.engines.path)
        logs = directory.logs.path
    }

    /// - Throws: ``GraderUnavailable`` where there is no such program; `LedgerError`, ``FileFailure``.
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

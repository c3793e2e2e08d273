import ModelLifecycle

/// Where graders that are processes keep their books: the run's ledger and its logs.
struct GraderProcesses: Sendable {
    let ledger: EngineLedger
    let logs: String

    /// To be made by the owner of the run directory's lock.
    ///
    /// - Throws: `LedgerError`.
    init(_ directory: RunDirectory) throws {
        ledger = try EngineLedger(path: directory.engines.path)
        logs = directory.logs.path
    }

    func start(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        workingDirectory: String? = nil,
        talk: SpawnRequest.Talk
    ) async throws -> HelperProcess {
        try await HelperProcess.start(
            "grader", executable: executable, arguments: arguments, environment: environment,
            workingDirectory: workingDirectory, talk: talk, logs: logs, ledger: ledger)
    }
}

import Foundation

/// A process next to the engines, such as a grader's: recorded in the ledger, and ended with all its descendants.
package struct HelperProcess: Sendable {
    package let name: String
    package let child: ChildProcess
    /// The file with its standard error.
    package let log: String
    private let record: LedgerRecord

    /// - Parameters:
    ///   - name: its name in the ledger, and of its log in `logs`.
    ///   - environment: on top of this program's own.
    /// - Throws: ``SpawnError``, ``LedgerError``.
    package static func start(
        _ name: String, executable: String, arguments: [String], environment: [String: String] = [:],
        workingDirectory: String? = nil, talk: SpawnRequest.Talk, logs: String, ledger: EngineLedger
    ) async throws -> HelperProcess {
        let log = try EngineLog.next(for: name, in: logs).path
        let tag = try ledger.intend(engine: name)
        var environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        environment.merge(ledger.environment(of: tag)) { $1 }
        let child: ChildProcess
        do {
            child = try await ChildProcess.launch(
                SpawnRequest(
                    executable: executable, arguments: arguments, environment: environment,
                    workingDirectory: workingDirectory, outputPath: log, talk: talk))
        } catch {
            try ledger.stopped(tag: tag, note: "never ran")
            throw error
        }
        let record = LedgerRecord(tag: tag, engine: name, in: ledger)
        let helper = HelperProcess(name: name, child: child, log: log, record: record)
        do {
            try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        } catch {
            try await helper.end()
            throw error
        }
        return helper
    }

    /// Ends the process and its descendants at once. Runs to completion even if the calling task is cancelled.
    ///
    /// - Throws: ``EngineUnkillable``, ``LedgerError``.
    package func end() async throws {
        let tree = ProcessTree(leader: child.pid, leaderStart: child.startTime, tag: record.tag, trustsGroup: true)
        _ = try await StopLadder(grace: .zero).bringDown(tree, engine: name)
        try record.stopped()
    }

    /// Records that it stays up after its run. - Throws: ``LedgerError``.
    func keep() throws { try record.kept() }

    /// Records that another run has it now. - Throws: ``LedgerError``.
    func move(to ledger: EngineLedger) throws { try record.move(to: ledger, child) }
}

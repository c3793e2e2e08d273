import Foundation
import Support

/// One process of an engine, from its spawn until its whole process tree has ended.
final class EngineInstance: Sendable {
    let engine: String
    let kind: EngineStart.Kind
    let child: ChildProcess
    /// Where it is recorded.
    let record: LedgerRecord
    /// The files of its model when it was started.
    let checkpoint: CheckpointStamp
    let log: EngineLog
    let key: Secret
    /// The gate it waits at; nil without one.
    let gate: EngineGate?
    let client: EngineClient
    /// Why it ended. Set before its connections are closed, so that a failed request can report the reason.
    let ended: Latch<EngineError>
    /// What its log reported about its start.
    private let start = Latch<StartWatch>()
    private let http: HTTPClient
    private let tellingLines: @Sendable (String) -> [String]
    let plan: LaunchPlan

    /// - Parameter tellingLines: picks the useful lines from the end of the log, for the error that reports its death.
    init(
        engine: String, kind: EngineStart.Kind, child: ChildProcess, record: LedgerRecord, checkpoint: CheckpointStamp,
        log: EngineLog, key: Secret, plan: LaunchPlan, gate: EngineGate? = nil,
        requests: EngineRequests, tellingLines: @escaping @Sendable (String) -> [String]
    ) {
        self.engine = engine
        self.kind = kind
        self.child = child
        self.record = record
        self.checkpoint = checkpoint
        self.log = log
        self.key = key
        self.plan = plan
        self.gate = gate
        self.tellingLines = tellingLines
        let http = HTTPClient(limits: requests.limits)
        let ended = Latch<EngineError>()
        self.http = http
        self.ended = ended
        client = EngineClient(
            endpoint: HTTPEndpoint(base: "http://\(plan.host):\(plan.port)", key: key), model: engine,
            http: http,
            deadline: requests.deadline, retry: requests.retry, clock: requests.clock, ended: { ended.value })
        Task.detached { [self] in
            // A detached task without a handle cannot be cancelled; the wait ends with the process.
            guard let status = try? await child.exit.wait() else { return }
            tellOfDeath(status)
            await http.shutdown()
        }
    }

    /// Records that the engine responds.
    func started(_ reader: StartReader) {
        var reader = reader
        reader.look()
        start.set(reader.watch)
    }

    /// The seconds of each phase of its start; nil if its log does not report them.
    func phases(of span: TimeSpan) -> StartPhases? { start.value?.phases(of: span) }

    private func tellOfDeath(_ status: ExitStatus) {
        // It was stopped: nobody asks what its log says.
        guard ended.value == nil else { return }
        ended.set(
            EngineError(
                .died, engine: engine, "its process ended unexpectedly with \(status)", exit: status,
                logPath: log.path, logTail: tellingLines(log.tail(hiding: key))))
    }

    /// Ends the process and its descendants in the order that vLLM needs: it does not exit while a connection is open.
    ///
    /// Runs to completion even if the calling task is cancelled.
    func bringDown(because reason: EngineError, ladder: StopLadder) async throws {
        // If it died on its own, that matters more than the cleanup afterwards.
        if let status = child.exit.value { tellOfDeath(status) }
        ended.set(reason)
        await http.shutdown()
        let tree = ProcessTree(
            leader: child.pid, leaderStart: child.startTime, tag: record.tag, trustsGroup: true)
        _ = try await ladder.bringDown(tree, engine: engine, exit: child.exit)
        plan.removeTemporaries()
    }
}

/// Settings of an engine's clients.
package struct EngineRequests: Sendable {
    /// For one attempt of one request.
    package var deadline: Duration
    package var retry: RetryPolicy
    package var limits: HTTPClient.Limits
    /// For the pauses between attempts.
    package var clock: any Clock<Duration>

    package init(
        deadline: Duration = .seconds(3600), retry: RetryPolicy = RetryPolicy(),
        limits: HTTPClient.Limits = HTTPClient.Limits(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.deadline = deadline
        self.retry = retry
        self.limits = limits
        self.clock = clock
    }
}

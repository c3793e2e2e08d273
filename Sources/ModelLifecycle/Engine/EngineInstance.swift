import Foundation
import Support

/// One process of an engine, from its spawn to the death of its whole family.
final class EngineInstance: Sendable {
    let engine: String
    let kind: EngineStart.Kind
    let child: ChildProcess
    let tag: String
    let log: EngineLog
    let key: Secret
    /// Where it waits; nil where it does not.
    let gate: EngineGate?
    let client: EngineClient
    /// Why it is no more: set before its connections are closed, so that whoever loses an answer learns the reason.
    let ended: Latch<EngineError>
    /// What its log told of its start.
    private let start = Latch<StartWatch>()
    private let http: HTTPClient
    private let tellingLines: @Sendable (String) -> [String]
    let plan: LaunchPlan

    /// - Parameter tellingLines: of the end of the log, for the error that tells of its death.
    init(
        engine: String, kind: EngineStart.Kind, child: ChildProcess, tag: String, log: EngineLog, key: Secret,
        plan: LaunchPlan, gate: EngineGate? = nil,
        requests: EngineRequests, tellingLines: @escaping @Sendable (String) -> [String]
    ) {
        self.engine = engine
        self.kind = kind
        self.child = child
        self.tag = tag
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
            // Nobody cancels a detached task that nobody holds; the wait ends with the process.
            guard let status = try? await child.exit.wait() else { return }
            tellOfDeath(status)
            await http.shutdown()
        }
    }

    /// It answers.
    func started(_ reader: StartReader) {
        var reader = reader
        reader.look()
        start.set(reader.watch)
    }

    /// Where the seconds of its start went; nil where its log does not tell.
    func phases(of span: TimeSpan) -> StartPhases? { start.value?.phases(of: span) }

    private func tellOfDeath(_ status: ExitStatus) {
        ended.set(
            EngineError(
                .died, engine: engine, "its process ended by itself with \(status)", exit: status,
                logPath: log.path, logTail: tellingLines(log.tail(hiding: key))))
    }

    /// Ends the process and all it started, in the order that vLLM needs: it does not exit while a connection is open.
    ///
    /// Runs to its end even when the calling task is cancelled.
    func bringDown(because reason: EngineError, ladder: StopLadder) async throws {
        // Why it died is worth more than that what it left was then ended.
        if let status = child.exit.value { tellOfDeath(status) }
        ended.set(reason)
        await http.shutdown()
        let tree = ProcessTree(
            leader: child.pid, leaderStart: child.startTime, tag: tag, trustsGroup: true)
        _ = try await ladder.bringDown(tree, engine: engine, exit: child.exit)
        plan.removeTemporaries()
    }
}

/// How an engine's clients ask.
package struct EngineRequests: Sendable {
    /// For one try of one request.
    package var deadline: Duration
    package var retry: RetryPolicy
    package var limits: HTTPClient.Limits
    /// For the pauses between tries.
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

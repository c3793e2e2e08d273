import Foundation
import Logging
import Support

/// Starts one process of an engine. A failed start leaves nothing behind.
struct EngineStarter: Sendable {
    let configuration: EngineConfiguration
    let dialect: any EngineDialect
    let ledger: EngineLedger
    let logDirectory: String
    let requests: EngineRequests
    /// nil if every engine is spawned.
    let warmStarts: WarmStarts?
    let logger: Logger

    private static let portTries = 5

    /// Another process has the port.
    struct PortLost: Error { let reason: String }

    /// Starts a process and waits until it is ready.
    ///
    /// - Throws: ``EngineError``, ``EngineUnkillable``, ``LedgerError``, ``FileFailure``; `CancellationError` if the
    ///   task is cancelled. Everything started is gone by then, unless it is unkillable.
    /// - Parameter held: a prepared process, see ``prepare()``.
    func run(_ held: EngineInstance? = nil) async throws -> EngineInstance {
        if let held, let instance = try await finish(held) { return instance }
        var lost: [String] = []
        var mayFork = true
        while lost.count < Self.portTries {
            try Task.checkCancellation()
            let plan = try await dialect.launch(configuration, port: try FreePort.find())
            let (instance, advice) = try await launch(plan, mayFork: mayFork)
            do {
                try await waitUntilReady(instance)
                try await check(instance, advice, plan)
                return instance
            } catch {
                // No grace period: a starting vLLM ignores SIGTERM and has nothing to save.
                try await takeDown(
                    instance, grace: .zero, because: "its start was cancelled", note: "start failed")
                if instance.kind == .warm, let why = faultOfFork(error) {
                    await warmStarts?.failed(configuration.name, why)
                    mayFork = false
                    continue
                }
                guard let error = error as? PortLost else { throw error }
                lost.append("port \(plan.port): \(error.reason)")
                logger.warning(
                    "engine \(configuration.name) lost its port, trying another",
                    metadata: ["why": "\(error.reason)"])
            }
        }
        throw EngineError(
            .noPort, engine: configuration.name,
            "no port could be used in \(Self.portTries) attempts (\(lost.joined(separator: "; ")))",
            remedy:
                "Something on this machine takes ports of 127.0.0.1 as fast as they are chosen: find it and stop it.")
    }

    /// Ends an instance and records that in the ledger.
    func takeDown(_ instance: EngineInstance, grace: Duration, because why: String, note: String) async throws {
        let reason = EngineError(.stopped, engine: configuration.name, why, logPath: instance.log.path)
        try await instance.bringDown(
            because: reason, ladder: StopLadder(grace: grace, killLimit: configuration.killLimit))
        try instance.record.stopped(note: note)
    }

    // MARK: Launching

    private func launch(_ plan: LaunchPlan, mayFork: Bool) async throws -> (EngineInstance, WarmStarts.Advice) {
        do {
            var advice = WarmStarts.Advice.spawn
            if mayFork, let launch = plan.warm, let warmStarts {
                advice = try await warmStarts.advice(for: configuration, launch)
            }
            return (try await launch(plan, advice), advice)
        } catch {
            plan.removeTemporaries()
            throw error
        }
    }

    func launch(_ plan: LaunchPlan, _ advice: WarmStarts.Advice) async throws -> EngineInstance {
        let name = configuration.name
        let key = Secret(RandomName.hex(bytes: 24))
        let log = try EngineLog.next(for: name, in: logDirectory)
        let checkpoint = CheckpointStamp(configuration.model)
        let tag = try ledger.intend(engine: name, temporaries: plan.temporaries)
        let own = ["VLLM_API_KEY": key.value].merging(ledger.environment(of: tag)) { $1 }
        let (child, kind): (ChildProcess, EngineStart.Kind)
        let gate: EngineGate?
        do {
            gate = try plan.gate.map { path throws in try EngineGate(path: path) }
            let forked = advice == .spawn ? nil : try await fork(plan, own, tag: tag, log: log)
            child = if let forked { forked } else { try await spawn(plan, own, log: log) }
            kind = forked != nil ? .warm : gate != nil ? .standby : .cold
        } catch {
            try ledger.stopped(tag: tag, note: "never ran")
            if error is FileFailure || error is CancellationError { throw error }
            throw EngineError(.cannotLaunch, engine: name, "\(error)", logPath: log.path)
        }
        let instance = EngineInstance(
            engine: name, kind: kind, child: child,
            record: LedgerRecord(tag: tag, engine: name, temporaries: plan.temporaries, in: ledger),
            checkpoint: checkpoint, log: log, key: key, plan: plan, gate: gate, requests: requests,
            tellingLines: dialect.tellingLines)
        do {
            try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        } catch {
            try await takeDown(
                instance, grace: .zero, because: "the ledger could not be written", note: "unwritten")
            throw error
        }
        logger.info(
            "engine \(name) started",
            metadata: [
                "pid": "\(child.pid)", "port": "\(plan.port)", "log": "\(log.path)", "start": "\(kind.rawValue)",
            ])
        return instance
    }

    /// - Parameter own: environment variables for this start only.
    private func spawn(_ plan: LaunchPlan, _ own: [String: String], log: EngineLog) async throws -> ChildProcess {
        var environment = ProcessInfo.processInfo.environment
        environment.merge(configuration.environment) { $1 }
        environment.merge(plan.environment) { $1 }
        environment.merge(own) { $1 }
        return try await ChildProcess.launch(
            SpawnRequest(
                executable: plan.executable, arguments: plan.arguments, environment: environment,
                workingDirectory: configuration.workingDirectory, outputPath: log.path))
    }

    /// - Returns: nil if the process is to be spawned.
    private func fork(_ plan: LaunchPlan, _ own: [String: String], tag: String, log: EngineLog) async throws
        -> ChildProcess?
    {
        guard let launch = plan.warm, let warmStarts else { return nil }
        return try await warmStarts.fork(
            ForkRequest.Fork(
                id: tag, arguments: launch.arguments, environment: launch.late.merging(own) { $1 }, path: launch.path,
                log: log.path, directory: configuration.workingDirectory))
    }
}

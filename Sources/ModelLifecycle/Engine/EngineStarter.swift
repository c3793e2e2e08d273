import Foundation
import Logging

/// Brings one process of an engine up, or leaves nothing behind.
struct EngineStarter: Sendable {
    let configuration: EngineConfiguration
    let dialect: any EngineDialect
    let ledger: EngineLedger
    let logDirectory: String
    let requests: EngineRequests
    let logger: Logger

    private static let portTries = 5

    /// Somebody else has the port.
    private struct PortLost: Error { let reason: String }

    /// Starts a process and waits until it is ready.
    ///
    /// - Throws: ``EngineError``, ``EngineUnkillable``, ``LedgerError``, ``StorageFailure``; `CancellationError` when the task is cancelled.
    ///   Whatever was started is gone by then, unless it is unkillable.
    func run() async throws -> EngineInstance {
        var lost: [String] = []
        for _ in 1...Self.portTries {
            try Task.checkCancellation()
            let plan = try await dialect.launch(configuration, port: try FreePort.find())
            let instance: EngineInstance
            do {
                instance = try await spawn(plan)
            } catch {
                plan.removeTemporaries()
                throw error
            }
            do {
                try await waitUntilReady(instance)
                return instance
            } catch {
                // Nothing is worth a grace: vLLM ignores SIGTERM while it starts, and has nothing to save.
                try await takeDown(
                    instance, grace: .zero, because: "its start was given up", note: "start failed")
                guard let error = error as? PortLost else { throw error }
                lost.append("port \(plan.port): \(error.reason)")
                logger.warning(
                    "engine \(configuration.name) lost its port, trying another",
                    metadata: ["why": "\(error.reason)"])
            }
        }
        throw EngineError(
            .noPort, engine: configuration.name,
            "no port could be had in \(Self.portTries) tries (\(lost.joined(separator: "; "))). "
                + "Something on this machine takes ports of 127.0.0.1 as fast as they are chosen")
    }

    /// Ends an instance and writes it down.
    func takeDown(_ instance: EngineInstance, grace: Duration, because why: String, note: String) async throws {
        let reason = EngineError(.stopped, engine: configuration.name, why, logPath: instance.log.path)
        try await instance.bringDown(
            because: reason, ladder: StopLadder(grace: grace, killLimit: configuration.killLimit))
        try ledger.stopped(tag: instance.tag, note: note)
    }

    // MARK: Spawning

    private func spawn(_ plan: LaunchPlan) async throws -> EngineInstance {
        let name = configuration.name
        let key = Secret(RandomName.hex(bytes: 24))
        let log = try EngineLog.next(for: name, in: logDirectory)
        let tag = try ledger.intend(engine: name, temporaries: plan.temporaries)
        var environment = ProcessInfo.processInfo.environment
        environment.merge(configuration.environment) { $1 }
        environment.merge(plan.environment) { $1 }
        environment["VLLM_API_KEY"] = key.value
        environment.merge(ledger.environment(of: tag)) { $1 }
        // Python's setproctitle, by which vLLM names its processes, writes over /proc/PID/environ unless told not to.
        environment["SPT_NOENV"] = "1"
        let child: ChildProcess
        do {
            child = try await ChildProcess.launch(
                SpawnRequest(
                    executable: plan.executable, arguments: plan.arguments, environment: environment,
                    workingDirectory: configuration.workingDirectory, outputPath: log.path))
        } catch {
            try ledger.stopped(tag: tag, note: "never ran")
            if error is StorageFailure { throw error }
            throw EngineError(.cannotLaunch, engine: name, "\(error)", logPath: log.path)
        }
        let instance = EngineInstance(
            engine: name, kind: .cold, child: child, tag: tag, log: log, key: key, plan: plan, requests: requests,
            tellingLines: dialect.tellingLines)
        do {
            try ledger.started(tag: tag, pid: child.pid, startTime: child.startTime)
        } catch {
            try await takeDown(
                instance, grace: .zero, because: "the ledger cannot be written", note: "unwritten")
            throw error
        }
        logger.info(
            "engine \(name) started",
            metadata: ["pid": "\(child.pid)", "port": "\(plan.port)", "log": "\(log.path)"])
        return instance
    }

    // MARK: Readiness

    private func waitUntilReady(_ instance: EngineInstance) async throws {
        let clock = ContinuousClock()
        var pause = Duration.milliseconds(10)
        var size = instance.log.size
        var lastSign = clock.now
        var saysThatItIsWell = false
        while true {
            try Task.checkCancellation()
            if let status = instance.child.exit.value { throw died(instance, status) }
            if try await isReady(instance, &saysThatItIsWell) { return }
            let now = instance.log.size
            // One that is well has loaded: its log is no sign of a start any more.
            if now != size, !saysThatItIsWell {
                size = now
                lastSign = clock.now
            }
            // With a log that says nothing, CPU time and the like would say little more: loading is read in the log.
            guard clock.now - lastSign < configuration.startSilence else {
                throw silent(instance, saysThatItIsWell: saysThatItIsWell)
            }
            if let status = try await instance.child.exit.wait(atMost: pause) { throw died(instance, status) }
            pause = min(pause * 3 / 2, .milliseconds(250))
        }
    }

    /// `/health` alone proves nothing: the port may have gone to another server. Ours knows our key and our name.
    private func isReady(_ instance: EngineInstance, _ saysThatItIsWell: inout Bool) async throws -> Bool {
        var client = instance.client
        client.deadline = .seconds(5)
        client.retry = .never
        guard try await client.health() else { return false }
        saysThatItIsWell = true
        do {
            let served = try await client.models().map(\.id)
            if served.contains(configuration.name) { return true }
            throw PortLost(
                reason: "the server there serves \(served.joined(separator: ", ")), not \(configuration.name)"
            )
        } catch let error as EngineAnswerError {
            if case .transport = error { return false }
            if case .engine = error { return false }
            if error.isTransient { return false }
            throw PortLost(reason: "the server there is not ours: \(error)")
        }
    }

    private func died(_ instance: EngineInstance, _ status: ExitStatus) -> any Error {
        let tail = instance.log.tail(hiding: instance.key)
        func error(_ code: EngineError.Code, _ why: String) -> EngineError {
            EngineError(
                code, engine: configuration.name, "its process ended with \(status) before it was ready" + why,
                exit: status, logPath: instance.log.path, logTail: dialect.tellingLines(of: tail))
        }
        return switch dialect.explain(exit: status, logTail: tail) {
        case .portTaken: PortLost(reason: "the address was already in use")
        case .noMemory(let why): error(.noMemory, ": \(why)")
        case .because(let why): error(.diedDuringStart, ": \(why)")
        case nil: error(.diedDuringStart, "; its last words are below")
        }
    }

    private func silent(_ instance: EngineInstance, saysThatItIsWell: Bool) -> EngineError {
        EngineError(
            .silentDuringStart, engine: configuration.name,
            saysThatItIsWell
                ? "it says that it is well, and does not tell which model it serves"
                : "it was not ready and its log said nothing new for \(configuration.startSilence); "
                    + "raise the start limit if the model needs longer",
            logPath: instance.log.path, logTail: dialect.tellingLines(of: instance.log.tail(hiding: instance.key)))
    }
}

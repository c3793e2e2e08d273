import Foundation
import Logging
import Support

/// The sole owner of an engine's process: nothing else starts or stops it.
///
/// `start` and `stop` may be called at any time and from anywhere. They do nothing if there is nothing to do, and
/// concurrent callers share one operation.
package actor Engine {
    package enum State: Sendable, Hashable, CustomStringConvertible {
        case stopped
        case starting
        case ready
        case stopping
        /// It failed to start, or died. `start` tries again.
        case failed(reason: String)

        package var description: String {
            switch self {
            case .stopped: "stopped"
            case .starting: "starting"
            case .ready: "ready"
            case .stopping: "stopping"
            case .failed(let reason): "failed: \(reason)"
            }
        }
    }

    /// Statistics of an engine so far.
    package struct Counters: Sendable, Hashable {
        /// Processes that were started and never became ready.
        package var failedStarts = 0
        /// Deaths after becoming ready.
        package var deaths = 0
        /// Starts that became ready.
        package var starts: [EngineStart] = []

        package init() {}
    }

    private final class Starting {
        var task: Task<Void, Never>?
        let done = Latch<Result<EngineStart, any Error>>()
        var waiters = 0
    }

    package nonisolated let configuration: EngineConfiguration
    package nonisolated let dialect: any EngineDialect
    let starter: EngineStarter
    private let standby: EngineStandby
    private let logger: Logger

    /// The current state.
    package internal(set) var state = State.stopped {
        didSet { if state != oldValue { for watcher in watchers.values { watcher.yield(state) } } }
    }
    package private(set) var counters = Counters()
    var instance: EngineInstance?
    private var lastExit: ExitStatus?
    private var starting: Starting?
    /// A stop, or the cleanup after a death.
    private(set) var ending: Task<Void, any Error>?
    private var watchers: [Int: AsyncStream<State>.Continuation] = [:]
    private var lastWatcher = 0

    /// An engine that is not started yet. Creates the log directory if it is missing.
    ///
    /// - Parameter warmStarts: nil spawns every process.
    package init(
        configuration: EngineConfiguration, dialect: any EngineDialect, ledger: EngineLedger,
        logDirectory: String,
        requests: EngineRequests = EngineRequests(), warmStarts: WarmStarts? = nil,
        logger: Logger = Logger(label: "rsd-batch.engine")
    ) {
        self.configuration = configuration
        self.dialect = dialect
        self.logger = logger
        starter = EngineStarter(
            configuration: configuration, dialect: dialect, ledger: ledger, logDirectory: logDirectory,
            requests: requests, warmStarts: warmStarts, logger: logger)
        standby = EngineStandby(starter)
    }

    // MARK: Starting

    /// Starts the engine and returns when it is ready. A stop in progress is awaited first.
    ///
    /// When the calling task is cancelled, this returns at once; the start is cancelled if no other task waits for it.
    ///
    /// - Returns: how it came up; nil where it was up.
    /// - Throws: ``EngineError``, ``EngineUnkillable``, ``LedgerError``, `CancellationError`.
    @discardableResult
    package func start() async throws -> EngineStart? {
        while let ending {
            try Task.checkCancellation()
            _ = await ending.result
        }
        if state == .ready { return nil }
        let starting = self.starting ?? begin()
        starting.waiters += 1
        do {
            let result = try await starting.done.wait()
            starting.waiters -= 1
            return try result.get()
        } catch let error as CancellationError where Task.isCancelled {
            if starting.done.value == nil {
                starting.waiters -= 1
                if starting.waiters == 0 { try await stop() }
            }
            throw error
        }
    }

    /// Spawns the engine's process ahead of time and holds it before it touches the device, which shortens the next
    /// start. Does nothing if the engine is running or starting, would be forked, or cannot be held. Returns at once.
    package func prepare() async {
        guard await starter.warmStarts?.isOff ?? true, starting == nil, instance == nil, ending == nil else { return }
        standby.prepare()
    }

    /// Ends a process that was spawned ahead of time, and nothing else. Returns at once; ``stop()`` waits for its end.
    package func dismiss() { standby.dismiss() }

    /// Whether a process was spawned ahead of time and is still held.
    package var isPrepared: Bool { standby.isThere }

    private func begin() -> Starting {
        let starting = Starting()
        self.starting = starting
        state = .starting
        let held = standby.take()
        starting.task = Task {
            let watch = Stopwatch()
            let result = await Result { try await starter.run(await held?.value) }
            settle(starting, result, took: watch.span)
        }
        return starting
    }

    private func settle(_ starting: Starting, _ result: Result<EngineInstance, any Error>, took span: TimeSpan) {
        self.starting = nil
        switch result {
        case .success(let instance):
            self.instance = instance
            let start = EngineStart(instance.kind, span, phases: instance.phases(of: span))
            counters.starts.append(start)
            watch(instance)
            guard ending == nil else {
                starting.done.set(.failure(stoppedWhileStarting()))
                return
            }
            state = .ready
            logger.info("engine \(configuration.name) ready", metadata: ["seconds": "\(span.seconds)"])
            starting.done.set(.success(start))
        case .failure(let error):
            let launched = (error as? EngineError)?.code != .cannotLaunch
            if launched { counters.failedStarts += 1 }
            if let exit = (error as? EngineError)?.exit { lastExit = exit }
            if ending == nil {
                state = .failed(reason: "\(error)")
                starting.done.set(.failure(error))
            } else {
                // Only this engine's own stop cancels its start.
                starting.done.set(.failure(error is CancellationError ? stoppedWhileStarting() : error))
            }
        }
    }

    private func stoppedWhileStarting() -> EngineError {
        EngineError(.stopped, engine: configuration.name, "it was stopped while it was starting")
    }

    // MARK: Stopping

    /// Stops the engine and returns when nothing of it is left. Runs to completion even if the calling task is
    /// cancelled.
    ///
    /// - Throws: ``EngineUnkillable``, ``LedgerError``.
    package func stop() async throws {
        while let ending { _ = await ending.result }
        guard starting != nil || instance != nil || standby.isThere else {
            state = .stopped
            return
        }
        let task = Task { try await bringDown() }
        ending = task
        try await task.value
    }

    private func bringDown() async throws {
        defer { ending = nil }
        state = .stopping
        standby.dismiss()
        if let starting {
            starting.task?.cancel()
            if case .failure(let error as EngineUnkillable) = try await starting.done.wait() {
                state = .failed(reason: "\(error)")
                throw error
            }
        }
        if let instance {
            try await clear(
                instance, grace: configuration.stopGrace, because: "it was stopped", note: "stopped")
        }
        do {
            try await standby.cleared()
        } catch {
            state = .failed(reason: "\(error)")
            throw error
        }
        state = .stopped
    }

    private func clear(_ instance: EngineInstance, grace: Duration, because: String, note: String)
        async throws
    {
        do {
            try await starter.takeDown(instance, grace: grace, because: because, note: note)
        } catch {
            state = .failed(reason: "\(error)")
            throw error
        }
        lastExit = instance.child.exit.value ?? lastExit
        self.instance = nil
    }

    // MARK: Death

    func watch(_ instance: EngineInstance) {
        Task {
            guard let status = try? await instance.child.exit.wait() else { return }
            died(instance, status)
        }
    }

    private func died(_ instance: EngineInstance, _ status: ExitStatus) {
        guard self.instance === instance, ending == nil else { return }
        counters.deaths += 1
        lastExit = status
        state = .failed(reason: "its process ended unexpectedly with \(status)")
        logger.warning(
            "engine \(configuration.name) died",
            metadata: ["how": "\(status)", "log": "\(instance.log.path)"])
        // Processes it leaves behind (engine cores, workers) hold GPU memory.
        ending = Task {
            defer { ending = nil }
            try await clear(instance, grace: .zero, because: "it died", note: "died: \(status)")
        }
    }

    /// Waits for the current process to end, by itself or by `stop`; returns at once if it has ended.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady`` if there never was one; `CancellationError`.
    package func died() async throws -> ExitStatus {
        if let instance { return try await instance.child.exit.wait() }
        if let lastExit { return lastExit }
        throw notReady()
    }

    // MARK: Requests

    /// A client for the current process. It does not outlive the process: get a new one after a restart.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady``.
    package var client: EngineClient {
        get throws {
            guard state == .ready, let instance else { throw notReady() }
            return instance.client
        }
    }

    /// The log of the current process, or nil.
    package var logPath: String? { instance?.log.path }

    /// The pid of the current process, or nil.
    package var processID: Int32? { instance?.child.pid }

    /// The current state and all later ones.
    package func states() -> AsyncStream<State> {
        let (stream, continuation) = AsyncStream.makeStream(of: State.self)
        lastWatcher += 1
        let id = lastWatcher
        watchers[id] = continuation
        continuation.yield(state)
        continuation.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.forget(watcher: id) }
        }
        return stream
    }

    private func forget(watcher id: Int) { watchers[id] = nil }

    private func notReady() -> EngineError {
        EngineError(.notReady, engine: configuration.name, "it is not ready (\(state))")
    }
}

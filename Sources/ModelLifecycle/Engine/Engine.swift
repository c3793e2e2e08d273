import Foundation
import Logging
import Support

/// The one owner of an engine's process: it alone starts and stops it.
///
/// `start` and `stop` may be called at any time and by anyone; they do nothing where there is nothing to do, and callers
/// who come while one is under way share it.
package actor Engine {
    package enum State: Sendable, Hashable, CustomStringConvertible {
        case stopped
        case starting
        case ready
        case stopping
        /// It did not start, or died. `start` tries again.
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

    /// What an engine has done so far.
    package struct Counters: Sendable, Hashable {
        /// Processes that were started and never became ready.
        package var failedStarts = 0
        /// Deaths after being ready.
        package var deaths = 0
        /// Those that became ready.
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
    private let starter: EngineStarter
    private let standby: EngineStandby
    private let logger: Logger

    /// What the engine is doing.
    package private(set) var state = State.stopped {
        didSet { if state != oldValue { for watcher in watchers.values { watcher.yield(state) } } }
    }
    package private(set) var counters = Counters()
    private var instance: EngineInstance?
    private var lastExit: ExitStatus?
    private var starting: Starting?
    /// A stop, or the clearing away after a death.
    private var ending: Task<Void, any Error>?
    private var watchers: [Int: AsyncStream<State>.Continuation] = [:]
    private var lastWatcher = 0

    /// An engine that is not started yet. The log directory is made when it is not there.
    ///
    /// - Parameter warmStarts: nil has every process spawned.
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

    /// Returns when the engine is ready. Waits for a stop that is under way, and starts anew after it.
    ///
    /// When the calling task is cancelled, this returns at once; the start is given up if nobody else waits for it.
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

    /// Spawns the engine's process ahead of time and holds it before it touches the device, where engines of its kind can be held
    /// and it would not be forked. Its next start is then shorter. Does nothing where the engine is up or coming up; returns at once.
    package func prepare() async {
        guard await starter.warmStarts?.isOff ?? true, starting == nil, instance == nil, ending == nil else { return }
        standby.prepare()
    }

    /// Has a process end that was spawned ahead of time, and nothing else. Returns at once; ``stop()`` waits for its end.
    package func dismiss() { standby.dismiss() }

    /// Whether a process was spawned ahead of time, and neither was needed nor is gone.
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

    /// Returns when nothing of the engine is left. Runs to its end even when the calling task is cancelled.
    ///
    /// - Throws: ``EngineUnkillable``; ``LedgerError``.
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

    private func watch(_ instance: EngineInstance) {
        Task {
            guard let status = try? await instance.child.exit.wait() else { return }
            died(instance, status)
        }
    }

    private func died(_ instance: EngineInstance, _ status: ExitStatus) {
        guard self.instance === instance, ending == nil else { return }
        counters.deaths += 1
        lastExit = status
        state = .failed(reason: "its process ended by itself with \(status)")
        logger.warning(
            "engine \(configuration.name) died",
            metadata: ["how": "\(status)", "log": "\(instance.log.path)"])
        // What it leaves behind (engine cores, workers) holds the GPU's memory.
        ending = Task {
            defer { ending = nil }
            try await clear(instance, grace: .zero, because: "it died", note: "died: \(status)")
        }
    }

    /// Waits until the present process ends, by itself or by `stop`; returns at once when there is none any more.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady`` when there never was one; `CancellationError`.
    package func died() async throws -> ExitStatus {
        if let instance { return try await instance.child.exit.wait() }
        if let lastExit { return lastExit }
        throw notReady()
    }

    // MARK: Asking

    /// For questions to the present process. It is of no use to the next one: ask again after a restart.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady``.
    package var client: EngineClient {
        get throws {
            guard state == .ready, let instance else { throw notReady() }
            return instance.client
        }
    }

    /// The log of the present process, or nil.
    package var logPath: String? { instance?.log.path }

    /// The pid of the present process, or nil.
    package var processID: Int32? { instance?.child.pid }

    /// The state now, and every one that follows.
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
        EngineError(.notReady, engine: configuration.name, "it is not ready (\(state)); start it first")
    }
}

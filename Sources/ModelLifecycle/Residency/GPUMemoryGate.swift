import Logging
import Support

/// Starts engines one at a time, each once the GPU's memory is as free as before the run.
///
/// It compares the memory in use with the run's baseline, measured before its first engine, rather than wait for it to fall: after a
/// crash the memory may already be back at the first look.
package actor GPUMemoryGate {
    private let gpu: (any GPUMemory)?
    /// The GPUs that engines use.
    private let uuids: Set<String>
    /// Bytes in use before the first engine.
    private let baseline: Int
    /// Bytes of difference that are ignored, since other programs such as desktops use some of the memory too.
    private let tolerance: Int
    private let limit: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let turnstile = Turnstile()
    /// Bytes that were not freed within the limit; they are waited for only once.
    private var allowance = 0
    /// Bytes of each engine when last measured.
    private var holdings: [String: Int] = [:]

    /// - Parameters:
    ///   - gpu: nil if engines use no GPU.
    ///   - baseline: the GPUs that engines will use, measured before the first engine.
    ///   - limit: the maximum length of a wait.
    package init(
        gpu: (any GPUMemory)?, baseline: [GPUDevice], tolerance: Int = .gibibytes(0.25),
        limit: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "rsd-batch.memory")
    ) {
        self.gpu = gpu
        uuids = Set(baseline.map(\.uuid))
        self.baseline = baseline.reduce(0) { $0 + $1.used }
        self.tolerance = tolerance
        self.limit = limit
        self.clock = clock
        self.logger = logger
    }

    /// A gate for engines without a GPU, which waits for nothing.
    package static func withoutGPU(logger: Logger = Logger(label: "rsd-batch.memory")) -> GPUMemoryGate {
        GPUMemoryGate(gpu: nil, baseline: [], logger: logger)
    }

    /// The result of a start.
    package struct Arrival: Sendable {
        /// Empty if the engine was already up.
        package var events: [EngineEvent] = []
        /// See ``measure(_:beside:)``.
        package var bytes: Int?
    }

    /// Starts an engine once memory has settled, and retries once if it ran out of memory. Starts never overlap, because engines
    /// that start together mistake each other's memory for free.
    ///
    /// - Parameter others: the engines that are up and stay up.
    /// - Returns: its start, and the bytes that it uses now.
    /// - Throws: errors of ``Engine/start()``; if memory ran out, with the processes that use it.
    @discardableResult
    package func start(_ engine: Engine, beside others: [String]) async throws -> Arrival {
        try await turnstile.pass {
            let name = engine.configuration.name
            if await engine.state == .ready { return Arrival(bytes: await self.holdings[name]) }
            try await self.waitForRelease(beside: others)
            var start: EngineStart?
            do {
                start = try await engine.start()
            } catch let error as EngineError where error.code == .noMemory {
                self.logger.warning("engine \(error.engine): \(error.message); restarting it")
                try await self.waitForRelease(beside: others)
                do {
                    start = try await engine.start()
                } catch let error as EngineError where error.code == .noMemory {
                    throw await self.tellingHolders(error)
                }
            }
            let events = start.map { [EngineEvent.loaded(engine: name, $0)] } ?? []
            return Arrival(events: events, bytes: await self.measure(name, beside: others))
        }
    }

    /// Waits until the memory in use is only the baseline and that of the engines that are up.
    ///
    /// - Returns: the extra memory and its holders, if the limit passed first. The run then continues and does not wait for that
    ///   memory again.
    /// - Throws: `CancellationError`.
    @discardableResult
    package func waitForRelease(beside others: [String] = []) async throws -> MemoryHeld? {
        try await waitForRelease(expecting: expected(beside: others), on: clock)
    }

    private func waitForRelease<C: Clock>(expecting expected: Int, on clock: C) async throws -> MemoryHeld?
    where C.Duration == Duration {
        let deadline = clock.now.advanced(by: limit)
        var pause = Duration.milliseconds(50)
        while let devices = await look() {
            let extra = devices.reduce(0) { $0 + $1.used } - expected
            if extra <= allowance + tolerance {
                allowance = max(0, min(allowance, extra))
                return nil
            }
            guard clock.now < deadline else {
                allowance = extra
                let held = MemoryHeld(bytes: extra, limit: limit, holders: devices.flatMap(\.holders))
                logger.warning("\(held)")
                return held
            }
            try await clock.sleep(for: pause, tolerance: nil)
            pause = min(pause * 2, .seconds(1))
        }
        return nil
    }

    /// Measures the memory of an engine after it was started or put to sleep.
    ///
    /// - Returns: bytes on all GPUs; nil if they cannot be measured.
    @discardableResult
    package func measure(_ engine: String, beside others: [String]) async -> Int? {
        guard let devices = await look() else { return nil }
        let others = others.filter { $0 != engine }
        let bytes = max(0, devices.reduce(0) { $0 + $1.used } - expected(beside: others) - allowance)
        holdings[engine] = bytes
        return bytes
    }

    /// Whether no more memory is in use than the baseline and that of the engines that are up; true if it cannot be measured.
    package func isUndisturbed(beside others: [String]) async -> Bool {
        guard let devices = await look() else { return true }
        return devices.reduce(0) { $0 + $1.used } - expected(beside: others) <= allowance + tolerance
    }

    /// Bytes that should be in use: the baseline and the engines that are up.
    private func expected(beside others: [String]) -> Int {
        Set(others).reduce(baseline) { $0 + holdings[$1, default: 0] }
    }

    private func look() async -> [GPUDevice]? {
        guard let gpu, !uuids.isEmpty else { return nil }
        do {
            return try await gpu.devices().filter { uuids.contains($0.uuid) }
        } catch {
            logger.warning("cannot measure GPU memory, so starts do not wait for it to be freed: \(error)")
            return nil
        }
    }

    private func tellingHolders(_ error: EngineError) async -> EngineError {
        let holders = (await look() ?? []).flatMap(\.holders)
        let who = holders.isEmpty ? "" : "; processes on the GPU: " + holders.map(\.description).joined(separator: ", ")
        return EngineError(
            error.code, engine: error.engine, "\(error.message) (two attempts)\(who)",
            remedy: error.remedy, exit: error.exit, logPath: error.logPath, logTail: error.logTail)
    }
}

/// GPU memory that was not freed in time, and the processes that use it.
package struct MemoryHeld: Sendable, Hashable, CustomStringConvertible {
    /// Bytes in use beyond what is expected.
    package var bytes: Int
    package var limit: Duration
    package var holders: [GPUHolder]

    package var description: String {
        let who =
            holders.isEmpty
            ? "used by processes that are not visible here"
            : "used by " + holders.map(\.description).joined(separator: ", ")
        return
            "GPU memory use is \(bytes.inGiB) GiB above that at the start of the run and did not fall within \(limit) (\(who)); continuing"
    }
}

import Logging
import Support

/// Lets engines start one after the other, each when the GPU's memory is as the run found it.
///
/// What engines that are gone had is compared with the run's own baseline, measured before its first engine, and not with
/// a fall: after a crash the memory may have come back before anybody looked.
package actor GPUMemoryGate {
    private let gpu: (any GPUMemory)?
    /// The GPUs that engines use.
    private let uuids: Set<String>
    /// Bytes in use before the first engine.
    private let baseline: Int
    /// Bytes by which a level may differ and count as the same: desktops and monitors come and go.
    private let tolerance: Int
    private let limit: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let turnstile = Turnstile()
    /// What strangers took after the baseline and did not give back within the limit. They are waited for once.
    private var allowance = 0
    /// What each engine had when it was last looked at.
    private var holdings: [String: Int] = [:]

    /// - Parameters:
    ///   - gpu: asked again and again; nil where engines use no GPU.
    ///   - baseline: the GPUs that engines will use, as they are before the first one.
    ///   - limit: how long a wait may last.
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

    /// For engines without a GPU: there is nothing to wait for.
    package static func withoutGPU(logger: Logger = Logger(label: "rsd-batch.memory")) -> GPUMemoryGate {
        GPUMemoryGate(gpu: nil, baseline: [], logger: logger)
    }

    /// What a start comes to.
    package struct Arrival: Sendable {
        /// Empty where the engine was up.
        package var events: [EngineEvent] = []
        /// See ``measure(_:beside:)``.
        package var bytes: Int?
    }

    /// Starts an engine when memory has settled, and once more where there was not enough of it. No two starts overlap:
    /// engines that start together mistake each other's memory for free.
    ///
    /// - Parameter others: the engines that are up and stay so.
    /// - Returns: how it came up, and the bytes that it has now.
    /// - Throws: what ``Engine/start()`` throws; for want of memory, with those who hold it.
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
                self.logger.warning("engine \(error.engine): \(error.message); starting it once more")
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

    /// Waits until no more memory is in use than before the first engine and by the engines that are up.
    ///
    /// - Returns: who holds more, when the limit passed first. The run goes on then, and does not wait for that memory again.
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

    /// Looks how much an engine has now that it was started or put to sleep.
    ///
    /// - Returns: bytes on all GPUs; nil where they cannot be told.
    @discardableResult
    package func measure(_ engine: String, beside others: [String]) async -> Int? {
        guard let devices = await look() else { return nil }
        let others = others.filter { $0 != engine }
        let bytes = max(0, devices.reduce(0) { $0 + $1.used } - expected(beside: others) - allowance)
        holdings[engine] = bytes
        return bytes
    }

    /// Bytes in use when all is well. Engines share the GPU with whoever was there before.
    private func expected(beside others: [String]) -> Int {
        Set(others).reduce(baseline) { $0 + holdings[$1, default: 0] }
    }

    private func look() async -> [GPUDevice]? {
        guard let gpu, !uuids.isEmpty else { return nil }
        do {
            return try await gpu.devices().filter { uuids.contains($0.uuid) }
        } catch {
            logger.warning("GPU memory is not waited for: \(error)")
            return nil
        }
    }

    private func tellingHolders(_ error: EngineError) async -> EngineError {
        let holders = (await look() ?? []).flatMap(\.holders)
        let who = holders.isEmpty ? "" : "; on the GPU now: " + holders.map(\.description).joined(separator: ", ")
        return EngineError(
            error.code, engine: error.engine, error.message + who + ". It was started twice",
            remedy: error.remedy, exit: error.exit, logPath: error.logPath, logTail: error.logTail)
    }

}

/// GPU memory that did not come back in time, and who has it.
package struct MemoryHeld: Sendable, Hashable, CustomStringConvertible {
    /// More than when the run began.
    package var bytes: Int
    package var limit: Duration
    package var holders: [GPUHolder]

    package var description: String {
        let who =
            holders.isEmpty
            ? "whose processes cannot be seen from here"
            : "in use by "
                + holders.map(\.description).joined(separator: ", ")
        return "\(bytes.inGiB) GiB of GPU memory more than when the run began did not come back within \(limit), "
            + "\(who); going on with what there is"
    }
}

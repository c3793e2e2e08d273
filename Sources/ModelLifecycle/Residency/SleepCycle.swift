import Foundation
import Logging
import Support

/// Frees memory by vLLM's sleep mode: the process stays, and its weights are kept in the machine's memory or on disk.
///
/// A fault of sleep costs a cold start and never a response: an engine that does not free its memory, keeps more of it in each cycle,
/// cannot be woken, or has lost its model is restarted.
actor SleepCycle {
    nonisolated let engine: Engine
    private let level: Int
    private let memory: GPUMemoryGate
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// What is known of the present process.
    private struct Known {
        var isAsleep = false
        var answer: Canary.Answer?
        /// Bytes on the GPU after the start.
        var footprint: Int?
        /// Bytes left on the GPU after the first sleep.
        var firstResidue: Int?
    }

    private var known = Known()

    /// Bytes of GPU memory that a later sleep may keep beyond the first one before the engine is restarted.
    static let growthLimit = Int.gibibytes(1)
    /// Maximum number of measurements after sleep, until the memory is free.
    private static let looks = 20
    private static let pause = Duration.milliseconds(250)

    /// - Parameters:
    ///   - level: see ``EngineClient/sleep(level:)``.
    ///   - memory: checks that sleep has freed memory, if it can be measured.
    init(_ engine: Engine, level: Int, memory: GPUMemoryGate, clock: any Clock<Duration>, logger: Logger) {
        self.engine = engine
        self.level = level
        self.memory = memory
        self.clock = clock
        self.logger = logger
    }

    /// Whether waking reads the checkpoint's files.
    var readsFiles: Bool { known.isAsleep && level > 1 }

    var isAsleep: Bool { known.isAsleep }

    /// See ``ManagedEngine/departureBytes``.
    var departureBytes: Int {
        get async {
            guard level == 1, !known.isAsleep, await engine.state == .ready else { return 0 }
            return engine.configuration.weights.map(\.size).sum()
        }
    }

    /// Goes on with what another cycle knows of the process, which this one's engine has taken over.
    func goOn(from other: SleepCycle) async { known = await other.known }

    private var canary: Canary { Canary(task: engine.configuration.task) }

    // MARK: Loading

    /// See ``ManagedEngine/load(beside:)``.
    func load(beside others: [String]) async throws -> [EngineEvent] {
        let isReady = await engine.state == .ready
        if isReady && !known.isAsleep { return [] }
        if isReady {
            do {
                let watch = Stopwatch()
                try await wake()
                await memory.measure(engine.configuration.name, beside: others)
                return [.woken(engine: engine.configuration.name, watch.span)]
            } catch  where !(error is CancellationError) {
                try await giveUp("waking failed: \(error)")
            }
        }
        return try await coldStart(beside: others)
    }

    private func coldStart(beside others: [String], tries: Int = 2) async throws -> [EngineEvent] {
        known = Known()
        let start = try await memory.start(engine, beside: others)
        known.footprint = start.bytes
        do {
            known.answer = try await canary.ask(engine.client)
        } catch EngineAnswerError.engine {
            // It has died: the next request to it reports how.
        } catch let error as EngineAnswerError {
            try await giveUp("it does not answer correctly after its start: \(error)")
            guard tries > 1 else {
                throw EngineError(
                    .notReady, engine: engine.configuration.name,
                    "it does not answer correctly after its start: \(error)")
            }
            return try await start.events + coldStart(beside: others, tries: tries - 1)
        }
        return start.events
    }

    private func wake() async throws {
        var client = try await engine.client
        client.retry = .never
        if level == 1 {
            try await client.wakeUp()
        } else {
            try await client.wakeUp(.weights)
            try await client.reloadWeights()
            try await client.wakeUp(.cache)
            try await client.resetPrefixCache()
        }
        known.isAsleep = false
        guard let answer = known.answer, try await canary.ask(client).agrees(with: answer) else {
            throw CanaryError(description: "its answer differs from the one after its start")
        }
    }

    // MARK: Unloading

    /// See ``ManagedEngine/unload(beside:)``.
    func unload(beside others: [String]) async throws -> Bool {
        if known.isAsleep, await engine.state == .ready { return false }
        known.isAsleep = false
        let state = await engine.state
        guard state == .ready else {
            if state != .stopped { try await engine.stop() }
            return false
        }
        do {
            try await sleep(beside: others)
        } catch  where !(error is CancellationError) {
            try await giveUp("sleep failed: \(error)")
        }
        return true
    }

    private func sleep(beside others: [String]) async throws {
        var client = try await engine.client
        client.retry = .never
        try await client.sleep(level: level)
        guard try await client.isSleeping() else { throw CanaryError(description: "it reports that it is still awake") }
        known.isAsleep = true
        if let footprint = known.footprint, footprint > 0 {
            try await checkMemory(footprint: footprint, beside: others)
        }
    }

    private func checkMemory(footprint: Int, beside others: [String]) async throws {
        func residue() async -> Int? { await memory.measure(engine.configuration.name, beside: others) }
        guard var left = await residue() else { return }
        for _ in 0..<Self.looks where left > footprint / 2 {
            try await clock.sleep(for: Self.pause)
            left = await residue() ?? left
        }
        guard left <= footprint / 2 else {
            throw CanaryError(
                description:
                    "asleep, it still uses \(left.inGiB) GiB of its \(footprint.inGiB) GiB of GPU memory")
        }
        let first = known.firstResidue ?? left
        known.firstResidue = first
        logger.debug(
            "engine \(engine.configuration.name) sleeps", metadata: ["GiB left on the GPU": "\(left.inGiB)"])
        guard left - first <= Self.growthLimit else {
            throw CanaryError(
                description:
                    "asleep, it uses \(left.inGiB) GiB of GPU memory, \((left - first).inGiB) GiB more than in its first sleep"
            )
        }
    }

    private func giveUp(_ why: String) async throws {
        logger.warning("engine \(engine.configuration.name): \(why); restarting it when it is needed next")
        known.isAsleep = false
        try await engine.stop()
    }
}

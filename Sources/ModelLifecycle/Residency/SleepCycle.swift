import Foundation
import Logging
import Support

/// Makes room by vLLM's sleep mode: the process stays, and its weights wait in the machine's memory or on disk.
///
/// Whatever goes wrong with sleep costs a cold start and never an answer: an engine that does not give its memory back, that
/// keeps more of it from cycle to cycle, that cannot be woken or has lost its model is stopped and started again.
actor SleepCycle {
    nonisolated let engine: Engine
    private let level: Int
    private let memory: GPUMemoryGate
    private let clock: any Clock<Duration>
    private let logger: Logger

    private var isAsleep = false
    private var known: Canary.Answer?
    /// Bytes on the GPU that the start took.
    private var footprint: Int?
    /// Bytes that stayed on the GPU after the first sleep of this process.
    private var firstResidue: Int?

    /// What a cycle may keep of the GPU's memory beyond what the first one kept, before the engine is started anew.
    static let growthLimit = Int.gibibytes(1)
    /// How often memory is looked at after sleep, until it has come back.
    private static let looks = 20
    private static let pause = Duration.milliseconds(250)

    /// - Parameters:
    ///   - level: see ``EngineClient/sleep(level:)``.
    ///   - memory: where it cannot tell the GPU's memory, sleep is taken at its word.
    init(_ engine: Engine, level: Int, memory: GPUMemoryGate, clock: any Clock<Duration>, logger: Logger) {
        self.engine = engine
        self.level = level
        self.memory = memory
        self.clock = clock
        self.logger = logger
    }

    /// Whether waking reads the checkpoint's files.
    var readsFiles: Bool { isAsleep && level > 1 }

    /// See ``ManagedEngine/departureBytes``.
    var departureBytes: Int {
        get async {
            guard level == 1, !isAsleep, await engine.state == .ready else { return 0 }
            return engine.configuration.weights.map(\.size).sum()
        }
    }

    private var canary: Canary { Canary(task: engine.configuration.task) }

    // MARK: Loading

    /// See ``ManagedEngine/load(beside:)``.
    func load(beside others: [String]) async throws -> [EngineEvent] {
        let isReady = await engine.state == .ready
        if isReady && !isAsleep { return [] }
        if isReady {
            do {
                let watch = Stopwatch()
                try await wake()
                await memory.measure(engine.configuration.name, beside: others)
                return [.woken(engine: engine.configuration.name, watch.span)]
            } catch  where !(error is CancellationError) {
                try await giveUp("it did not wake well: \(error)")
            }
        }
        return try await coldStart(beside: others)
    }

    private func coldStart(beside others: [String], tries: Int = 2) async throws -> [EngineEvent] {
        (isAsleep, firstResidue) = (false, nil)
        let start = try await memory.start(engine, beside: others)
        footprint = start.bytes
        do {
            known = try await canary.ask(engine.client)
        } catch EngineAnswerError.engine {
            // It died at once: whoever asks it next learns how.
            known = nil
        } catch let error as EngineAnswerError {
            try await giveUp("it was started and does not answer as it should: \(error)")
            guard tries > 1 else {
                throw EngineError(
                    .notReady, engine: engine.configuration.name,
                    "it was started and does not answer as it should: \(error)")
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
        isAsleep = false
        guard let known, try await canary.ask(client).agrees(with: known) else {
            throw CanaryError(description: "it no longer answers as it did after its start")
        }
    }

    // MARK: Unloading

    /// See ``ManagedEngine/unload(beside:)``.
    func unload(beside others: [String]) async throws -> Bool {
        if isAsleep, await engine.state == .ready { return false }
        isAsleep = false
        let state = await engine.state
        guard state == .ready else {
            if state != .stopped { try await engine.stop() }
            return false
        }
        do {
            try await sleep(beside: others)
        } catch  where !(error is CancellationError) {
            try await giveUp("it cannot be put to sleep: \(error)")
        }
        return true
    }

    private func sleep(beside others: [String]) async throws {
        var client = try await engine.client
        client.retry = .never
        try await client.sleep(level: level)
        guard try await client.isSleeping() else { throw CanaryError(description: "it says that it is still awake") }
        isAsleep = true
        if let footprint, footprint > 0 { try await checkMemory(footprint: footprint, beside: others) }
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
                    "asleep, it still holds \(left.inGiB) GiB of the \(footprint.inGiB) GiB of GPU memory that it took")
        }
        let first = firstResidue ?? left
        firstResidue = first
        logger.debug(
            "engine \(engine.configuration.name) sleeps", metadata: ["GiB left on the GPU": "\(left.inGiB)"])
        guard left - first <= Self.growthLimit else {
            throw CanaryError(
                description:
                    "asleep, it holds \(left.inGiB) GiB of GPU memory, \((left - first).inGiB) more than the first time"
            )
        }
    }

    private func giveUp(_ why: String) async throws {
        logger.warning("engine \(engine.configuration.name): \(why); starting it anew where it is needed next")
        isAsleep = false
        try await engine.stop()
    }
}

import Foundation
import Logging

/// Makes room by vLLM's sleep mode: the process stays, and its weights wait in the machine's memory or on disk.
///
/// Whatever goes wrong with sleep costs a cold start and never an answer: an engine that does not give its memory back, that
/// keeps more of it from cycle to cycle, that cannot be woken or has lost its model is stopped and started again.
actor SleepingTenant: Tenant {
    nonisolated let engine: Engine
    private let level: Int
    private let gauge: MemoryGauge?
    private let clock: any Clock<Duration>
    private let logger: Logger

    private(set) var secondsWaking = 0.0
    private var isAsleep = false
    private var known: Canary.Answer?
    /// Bytes on the GPU that the start took.
    private var footprint: Int?
    /// Bytes that stayed on the GPU after the first sleep of this process.
    private var firstResidue: Int?

    /// What a cycle may keep of the GPU's memory beyond what the first one kept, before the engine is started anew.
    static let growthLimit = 1 << 30
    /// How often memory is looked at after sleep, until it has come back.
    private static let looks = 20
    private static let pause = Duration.milliseconds(250)

    /// - Parameters:
    ///   - level: see ``EngineClient/sleep(level:)``.
    ///   - gauge: nil where the GPU's memory cannot be read; sleep is then taken at its word.
    init(_ engine: Engine, level: Int, gauge: MemoryGauge?, clock: any Clock<Duration>, logger: Logger) {
        self.engine = engine
        self.level = level
        self.gauge = gauge
        self.clock = clock
        self.logger = logger
    }

    private var canary: Canary { Canary(task: engine.configuration.task) }

    // MARK: Moving in

    func moveIn() async throws {
        let isReady = await engine.state == .ready
        if isReady && !isAsleep { return }
        if isReady {
            do {
                let begin = ContinuousClock.now
                try await wake()
                secondsWaking += (ContinuousClock.now - begin).inSeconds
                return
            } catch  where !(error is CancellationError) {
                try await giveUp("it did not wake well: \(error)")
            }
        }
        try await coldStart()
    }

    private func coldStart() async throws {
        (isAsleep, footprint, firstResidue) = (false, nil, nil)
        let before = await gauge?.bytesInUse()
        try await engine.start()
        if let before, let after = await gauge?.bytesInUse() { footprint = after - before }
        do {
            known = try await canary.ask(engine.client)
        } catch EngineAnswerError.engine {
            // It died at once: whoever asks it next learns how.
            known = nil
        }
    }

    private func wake() async throws {
        var client = try await engine.client
        client.deadline = .seconds(600)
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

    // MARK: Moving out

    func moveOut() async throws -> Bool {
        if isAsleep, await engine.state == .ready { return false }
        isAsleep = false
        guard await engine.state == .ready else {
            try await engine.stop()
            return false
        }
        do {
            try await sleep()
        } catch  where !(error is CancellationError) {
            try await giveUp("it cannot be put to sleep: \(error)")
        }
        return true
    }

    private func sleep() async throws {
        var client = try await engine.client
        client.deadline = .seconds(600)
        client.retry = .never
        let before = await gauge?.bytesInUse()
        try await client.sleep(level: level)
        guard try await client.isSleeping() else { throw CanaryError(description: "it says that it is still awake") }
        isAsleep = true
        if let before, let footprint { try await checkMemory(footprint: footprint, before: before) }
    }

    private func checkMemory(footprint: Int, before: Int) async throws {
        func residue() async -> Int? {
            await gauge?.bytesInUse().map { footprint - (before - $0) }
        }
        guard var left = await residue() else { return }
        for _ in 0..<Self.looks where left > footprint / 2 {
            try await clock.sleep(for: Self.pause)
            left = await residue() ?? left
        }
        guard left <= footprint / 2 else {
            throw CanaryError(
                description: "asleep, it still holds \(left.inGiB) of the \(footprint.inGiB) of GPU memory that it took"
            )
        }
        let first = firstResidue ?? left
        firstResidue = first
        logger.debug(
            "engine \(engine.configuration.name) sleeps", metadata: ["left on the GPU": "\(left.inGiB)"])
        guard left - first <= Self.growthLimit else {
            throw CanaryError(
                description:
                    "asleep, it holds \(left.inGiB) of GPU memory, \((left - first).inGiB) more than the first time")
        }
    }

    private func giveUp(_ why: String) async throws {
        logger.warning("engine \(engine.configuration.name): \(why); starting it anew where it is needed next")
        isAsleep = false
        try await engine.stop()
    }
}

/// Reads how much of the GPU's memory is in use.
public protocol MemoryGauge: Sendable {
    /// Bytes in use by all processes on the GPUs that this program's engines may use; nil where nobody can tell.
    func bytesInUse() async -> Int?
}

extension Int {
    fileprivate var inGiB: String { String(format: "%.1f GiB", Double(self) / Double(1 << 30)) }
}

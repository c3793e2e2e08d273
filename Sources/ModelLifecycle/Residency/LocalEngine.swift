/// An engine whose process this program starts. It frees memory by ending, or by sleeping.
package struct LocalEngine: ManagedEngine {
    package let engine: Engine
    private let memory: GPUMemoryGate
    private let sleep: SleepCycle?

    /// - Parameter sleep: nil for an engine that frees memory by ending.
    init(_ engine: Engine, memory: GPUMemoryGate, sleep: SleepCycle? = nil) {
        self.engine = engine
        self.memory = memory
        self.sleep = sleep
    }

    package var name: String { engine.configuration.name }
    package var process: Engine? { engine }
    package var client: EngineClient { get async throws { try await engine.client } }
    package var isUp: Bool { get async { await engine.state == .ready } }
    package func gone() async throws -> String { "\(try await engine.died())" }

    package func load(beside others: [String]) async throws -> [EngineEvent] {
        if let sleep { return try await sleep.load(beside: others) }
        return try await memory.start(engine, beside: others).events
    }

    package func unload(beside others: [String]) async throws -> Bool {
        if let sleep { return try await sleep.unload(beside: others) }
        // A process that was only started ahead of time uses no memory that others need.
        guard await engine.state != .stopped else { return false }
        try await engine.stop()
        return true
    }

    package func restart(beside others: [String]) async throws -> [EngineEvent] {
        try await engine.stop()
        return try await load(beside: others)
    }

    package func stop() async throws { try await engine.stop() }

    package var readsFiles: Bool {
        get async {
            guard await engine.state == .ready else { return true }
            return await sleep?.readsFiles ?? false
        }
    }

    package var departureBytes: Int { get async { await sleep?.departureBytes ?? 0 } }

    var isAwake: Bool {
        get async {
            let isAsleep = await sleep?.isAsleep ?? false
            return await isUp && !isAsleep
        }
    }

    /// See ``Engine/takeOver(_:)``.
    func takeOver(_ other: LocalEngine) async throws -> Bool {
        guard try await engine.takeOver(other.engine) else { return false }
        if let sleep, let theirs = other.sleep { await sleep.goOn(from: theirs) }
        return true
    }
}

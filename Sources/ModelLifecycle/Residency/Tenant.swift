import Support

/// An engine as a residency sees it: how it comes to be at work, and how it makes room for others.
protocol Tenant: Actor {
    nonisolated var engine: Engine { get }

    /// Returns when the engine is ready. Does nothing when it is.
    ///
    /// - Parameter others: the engines that have a process, and keep it.
    /// - Throws: what ``GPUMemoryGate/start(_:beside:)`` throws.
    func load(beside others: [String]) async throws

    /// Gives the memory back that others need.
    ///
    /// - Parameter others: the engines that have a process.
    /// - Returns: whether there was something to give back.
    /// - Throws: what ``Engine/stop()`` throws.
    func unload(beside others: [String]) async throws -> Bool

    /// Whether moving in reads the engine's files.
    var readsFiles: Bool { get async }

    /// Bytes that it will put into the machine's memory to make room on the GPU.
    var departureBytes: Int { get async }

    /// From being asleep to having shown that it holds its model, each time.
    var wakings: [TimeSpan] { get }
}

/// Makes room by ending its process, and comes back by starting it.
actor ProcessTenant: Tenant {
    nonisolated let engine: Engine
    let wakings: [TimeSpan] = []
    private let memory: GPUMemoryGate

    var readsFiles: Bool { get async { await engine.state != .ready } }
    var departureBytes: Int { 0 }

    init(_ engine: Engine, memory: GPUMemoryGate) {
        self.engine = engine
        self.memory = memory
    }

    func load(beside others: [String]) async throws {
        try await memory.start(engine, beside: others)
    }

    func unload(beside others: [String]) async throws -> Bool {
        // What was only started ahead of time has nothing that others need.
        guard await engine.state != .stopped else { return false }
        try await engine.stop()
        return true
    }
}

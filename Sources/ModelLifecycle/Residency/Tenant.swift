/// An engine as a residency sees it: how it comes to be at work, and how it makes room for others.
public protocol Tenant: Actor {
    nonisolated var engine: Engine { get }

    /// Returns when the engine is ready. Does nothing when it is.
    ///
    /// - Throws: what ``Engine/start()`` throws.
    func moveIn() async throws

    /// Gives the memory back that others need.
    ///
    /// - Returns: whether there was something to give back.
    /// - Throws: what ``Engine/stop()`` throws.
    func moveOut() async throws -> Bool

    /// From being asleep to having shown that it holds its model, in all.
    var secondsWaking: Double { get }
}

/// Makes room by ending its process, and comes back by starting it.
actor ProcessTenant: Tenant {
    nonisolated let engine: Engine
    let secondsWaking = 0.0

    init(_ engine: Engine) { self.engine = engine }

    func moveIn() async throws {
        try await engine.start()
    }

    func moveOut() async throws -> Bool {
        let wasUp = await engine.state != .stopped
        try await engine.stop()
        return wasUp
    }
}

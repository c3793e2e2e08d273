import Foundation

/// Starts in two parts: what needs no device is done ahead of time.
extension EngineStarter {
    /// Spawns a process that imports what it needs and waits at its gate.
    ///
    /// - Returns: nil where this kind of engine knows no gate.
    /// - Throws: what ``run(_:)`` throws.
    func prepare() async throws -> EngineInstance? {
        var plan = try await dialect.launch(configuration, port: try FreePort.find())
        do {
            guard let held = try dialect.held(plan, configuration) else {
                plan.removeTemporaries()
                return nil
            }
            plan = held
            return try await launch(plan, .spawn)
        } catch {
            plan.removeTemporaries()
            throw error
        }
    }

    /// Opens the gate of a process that was prepared, and waits until it is ready.
    ///
    /// - Returns: nil where that came to nothing and another process may do better.
    /// - Throws: what ``run(_:)`` throws.
    func finish(_ held: EngineInstance) async throws -> EngineInstance? {
        do {
            try Task.checkCancellation()
            held.gate?.open()
            try await waitUntilReady(held)
            try await check(held, .spawn, held.plan)
            return held
        } catch {
            try await takeDown(held, grace: .zero, because: "its start was given up", note: "start failed")
            // For want of memory it is started again when there is more.
            if error is CancellationError || (error as? EngineError)?.code == .noMemory { throw error }
            logger.warning(
                "engine \(configuration.name) was started ahead of time and failed, and is started anew: \(error)")
            return nil
        }
    }
}

import Foundation

/// Starts in two parts: everything that needs no device is done ahead of time.
extension EngineStarter {
    /// Spawns a process that does its imports and waits at its gate.
    ///
    /// - Returns: nil if this kind of engine has no gate.
    /// - Throws: the errors of ``run(_:)``.
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

    /// Opens the gate of a prepared process and waits until it is ready.
    ///
    /// - Returns: nil if that failed and another process may succeed.
    /// - Throws: the errors of ``run(_:)``.
    func finish(_ held: EngineInstance) async throws -> EngineInstance? {
        do {
            try Task.checkCancellation()
            held.gate?.open()
            try await waitUntilReady(held)
            try await check(held, .spawn, held.plan)
            return held
        } catch {
            try await takeDown(held, grace: .zero, because: "its start was cancelled", note: "start failed")
            // Out of memory: it is started again when more is free.
            if error is CancellationError || (error as? EngineError)?.code == .noMemory { throw error }
            logger.warning(
                "engine \(configuration.name) failed after being started ahead of time and is restarted: \(error)")
            return nil
        }
    }
}

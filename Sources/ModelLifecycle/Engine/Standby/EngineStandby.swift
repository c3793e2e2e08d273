import Logging
import Synchronization

/// The process of an engine that was spawned before it is needed, until it is needed or given up.
final class EngineStandby: Sendable {
    private struct State {
        /// Comes to nil where no process could be had.
        var held: Task<EngineInstance?, Never>?
        /// Those that are being cleared away.
        var clearing: [Int: Task<Void, any Error>] = [:]
        /// Counts processes, and what is cleared away.
        var number = 0
    }

    private let state = Mutex(State())
    private let starter: EngineStarter

    init(_ starter: EngineStarter) { self.starter = starter }

    /// Whether there is one, or something of one.
    var isThere: Bool { state.withLock { $0.held != nil || !$0.clearing.isEmpty } }

    /// Spawns a process, where there is nothing of one and engines of this kind can be held. Returns at once.
    func prepare() {
        state.withLock { state in
            guard state.held == nil, state.clearing.isEmpty else { return }
            state.number += 1
            let number = state.number
            state.held = Task { await spawn(number) }
        }
    }

    /// Hands the process over: from now on it is the caller's.
    func take() -> Task<EngineInstance?, Never>? {
        state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
    }

    /// Has it end. Returns at once.
    func dismiss() {
        state.withLock { state in
            guard let held = state.held else { return }
            state.held = nil
            clear(&state) { [self] in
                guard let instance = await held.value else { return }
                try await end(instance, because: "it was not needed", note: "not needed")
            }
        }
    }

    /// Returns when nothing is left of those that were to end, or ended by themselves.
    ///
    /// - Throws: ``EngineUnkillable``; ``LedgerError``.
    func cleared() async throws {
        for task in state.withLock({ $0.clearing.values }) { try await task.value }
    }

    private func spawn(_ number: Int) async -> EngineInstance? {
        do {
            guard let instance = try await starter.prepare() else { return nil }
            Task.detached { [weak self] in
                // Nobody cancels a detached task that nobody holds; the wait ends with the process.
                guard let status = try? await instance.child.exit.wait() else { return }
                self?.ended(instance, number, status)
            }
            return instance
        } catch {
            starter.logger.warning("engine \(starter.configuration.name) cannot be started ahead of time: \(error)")
            return nil
        }
    }

    private func ended(_ instance: EngineInstance, _ number: Int, _ status: ExitStatus) {
        state.withLock { state in
            guard state.held != nil, state.number == number else { return }
            state.held = nil
            starter.logger.warning(
                "engine \(starter.configuration.name) was started ahead of time and ended before it was needed",
                metadata: ["how": "\(status)", "log": "\(instance.log.path)"])
            clear(&state) { [self] in
                try await end(instance, because: "it ended by itself", note: "ended before it was needed: \(status)")
            }
        }
    }

    private func clear(_ state: inout State, _ body: @escaping @Sendable () async throws -> Void) {
        state.number += 1
        let number = state.number
        state.clearing[number] = Task {
            defer { self.state.withLock { $0.clearing[number] = nil } }
            do {
                try await body()
            } catch {
                starter.logger.warning("\(error)")
                throw error
            }
        }
    }

    private func end(_ instance: EngineInstance, because why: String, note: String) async throws {
        // It then cleans up behind itself, as it would not after SIGKILL: vLLM has memory in /dev/shm by now.
        instance.gate?.shut()
        try await starter.takeDown(instance, grace: starter.configuration.stopGrace, because: why, note: note)
    }
}

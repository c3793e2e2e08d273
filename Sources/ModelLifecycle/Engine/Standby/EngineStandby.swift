import Logging
import Synchronization

/// An engine's process that was spawned ahead of time, until it is needed or dismissed.
final class EngineStandby: Sendable {
    private struct State {
        /// nil as the result if the process could not be started.
        var held: Task<EngineInstance?, Never>?
        /// Processes that are being ended.
        var clearing: [Int: Task<Void, any Error>] = [:]
        /// Numbers the processes and their cleanups.
        var number = 0
    }

    private let state = Mutex(State())
    private let starter: EngineStarter

    init(_ starter: EngineStarter) { self.starter = starter }

    /// Whether there is a process, or a remainder of one.
    var isThere: Bool { state.withLock { $0.held != nil || !$0.clearing.isEmpty } }

    /// Spawns a process, unless there is one already or this kind of engine cannot be held. Returns at once.
    func prepare() {
        state.withLock { state in
            guard state.held == nil, state.clearing.isEmpty else { return }
            state.number += 1
            let number = state.number
            state.held = Task { await spawn(number) }
        }
    }

    /// Transfers ownership of the process to the caller.
    func take() -> Task<EngineInstance?, Never>? {
        state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
    }

    /// Ends the process. Returns at once.
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

    /// Returns when nothing is left of the processes that were dismissed or ended by themselves.
    ///
    /// - Throws: ``EngineUnkillable``, ``LedgerError``.
    func cleared() async throws {
        for task in state.withLock({ $0.clearing.values }) { try await task.value }
    }

    private func spawn(_ number: Int) async -> EngineInstance? {
        do {
            guard let instance = try await starter.prepare() else { return nil }
            Task.detached { [weak self] in
                // A detached task without a handle cannot be cancelled; the wait ends with the process.
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
                try await end(instance, because: "it ended unexpectedly", note: "ended before it was needed: \(status)")
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
        // So it can clean up after itself, which it cannot after SIGKILL: by now vLLM has memory in /dev/shm.
        instance.gate?.shut()
        try await starter.takeDown(instance, grace: starter.configuration.stopGrace, because: why, note: note)
    }
}

import Synchronization

/// A request to stop, made by a signal and obeyed by the run.
package final class Interruption: Sendable {
    package enum Level: Int, Sendable, Comparable {
        case none
        /// Send no new requests; accept responses that arrive within a moment.
        case draining
        /// Drop all requests in flight.
        case immediate

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private struct State {
        var level = Level.none
        var nextWaiter = 0
        var waiters: [Int: (level: Level, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var level: Level { state.withLock { $0.level } }

    /// Raises the level. It never falls.
    package func raise(to level: Level) {
        let heard = state.withLock { state in
            state.level = max(state.level, level)
            let heard = state.waiters.filter { $0.value.level <= state.level }
            for key in heard.keys { state.waiters[key] = nil }
            return heard.values.map(\.continuation)
        }
        heard.forEach { $0.resume() }
    }

    /// Runs a long operation and cancels it when the run has to stop.
    ///
    /// - Throws: ``Interrupted`` if it was cancelled, otherwise what `body` throws. `body` has ended in either case.
    package func cancelOnInterrupt<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Value?.self) { race in
            race.addTask { try await body() }
            race.addTask {
                await self.reached(.draining)
                return nil
            }
            defer { race.cancelAll() }
            guard let value = try await race.next() ?? nil else { throw Interrupted() }
            return value
        }
    }

    /// Waits for the level to be reached or the task to be cancelled.
    package func reached(_ level: Level) async {
        let key = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state in
                    if state.level >= level || Task.isCancelled { return true }
                    state.waiters[key] = (level, continuation)
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
            waiter?.continuation.resume()
        }
    }
}

/// The run was interrupted and can be resumed.
package struct Interrupted: ProgramError {
    /// The reason, if the run stopped on its own account.
    package var reason: String?

    package init(reason: String? = nil) { self.reason = reason }

    package var explanation: Explanation {
        Explanation(
            "interrupted", .interrupted, reason.map { "interrupted: \($0)" } ?? "interrupted",
            remedy: "Nothing is lost: run the same command again to resume.")
    }
}

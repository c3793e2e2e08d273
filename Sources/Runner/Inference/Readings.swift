import Support
import Synchronization

/// Counts what a PRM reads for one request.
final class Readings: Sendable {
    private let counter = Mutex(0)

    var count: Int { counter.withLock { $0 } }

    func add() { counter.withLock { $0 += 1 } }
}

extension ModelSession {
    /// Returns the rewards for an input, which is sent once.
    ///
    /// - Parameter shown: key of everything that is sent and of the positions of the rewards in the response.
    func rewards(for shown: String, ask: @Sendable () async throws -> [Double]) async throws -> [Double] {
        try await rewards.answer(to: SHA256.hex(shown)) {
            let rewards = try await ask()
            readings.add()
            return rewards
        }
    }
}

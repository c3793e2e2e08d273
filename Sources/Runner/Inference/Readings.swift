import Support
import Synchronization

/// Counts what a PRM was shown for one question.
final class Readings: Sendable {
    private let counter = Mutex(0)

    var count: Int { counter.withLock { $0 } }

    func add() { counter.withLock { $0 += 1 } }
}

extension ModelSession {
    /// Rewards from what the model is shown, which is asked about once.
    ///
    /// - Parameter shown: all that is sent, and where the rewards stand in the answer.
    func rewards(for shown: String, ask: @Sendable () async throws -> [Double]) async throws -> [Double] {
        try await rewards.answer(to: SHA256.hex(shown)) {
            let rewards = try await ask()
            readings.add()
            return rewards
        }
    }
}

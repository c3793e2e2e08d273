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
    /// - Parameters:
    ///   - tokens: everything that is sent.
    ///   - places: the positions of the rewards in the response.
    func rewards(
        for tokens: [Int], at places: [Int], ask: @Sendable () async throws -> [Double]
    ) async throws -> [Double] {
        var hash = SHA256()
        for number in [places.count] + places + tokens {
            withUnsafeBytes(of: number.littleEndian) { hash.update($0) }
        }
        return try await rewards.answer(to: hash.value()) {
            let rewards = try await ask()
            readings.add()
            return rewards
        }
    }
}

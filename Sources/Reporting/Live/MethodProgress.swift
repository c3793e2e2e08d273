import Decoding

/// How far one method has come on all data sets.
package struct MethodProgress: Sendable, Equatable, Encodable {
    package var method: String
    package var total = 0
    package var finished = 0
    package var failed = 0
    /// Trajectories by the phase that they need next.
    package var waiting: [String: Int] = [:]
    package var accepted = 0
    package var rejected = 0

    package init(_ method: String) { self.method = method }

    package var verdicts: Verdicts { Verdicts(accepted: accepted, rejected: rejected) }
    package var acceptance: Double? { verdicts.acceptance }

    /// Counts a trajectory as it is now instead of as it was.
    ///
    /// - Parameter before: nil if it has not been counted, apart from ``total``.
    package mutating func count(_ now: Response, insteadOf before: Response? = nil) {
        let change = (now.verdicts ?? Verdicts()) - (before?.verdicts ?? Verdicts())
        accepted += change.accepted
        rejected += change.rejected
        finished += (now.finish == nil ? 0 : 1) - (before?.finish == nil ? 0 : 1)
        failed += (now.finish == .failed ? 1 : 0) - (before?.finish == .failed ? 1 : 0)
    }

    /// Adds the counts of the same method in another shard.
    mutating func add(_ other: MethodProgress) {
        total += other.total
        finished += other.finished
        failed += other.failed
        waiting.merge(other.waiting, uniquingKeysWith: +)
        accepted += other.accepted
        rejected += other.rejected
    }
}

/// Decides from repeated observations of a lock whether its holder lives.
///
/// Clocks of two machines are never compared: what counts is whether anything changes while the observer's clock runs.
struct LockObservation: Sendable {
    enum Verdict: Sendable, Equatable { case unknown, alive, gone }

    private var first: (entry: LockFiles.Entry, at: Duration)?

    /// - Parameters:
    ///   - entry: the current state of the lock.
    ///   - time: of a monotonic clock.
    mutating func look(_ entry: LockFiles.Entry, at time: Duration) -> Verdict {
        // Another holder, or one whose data had not arrived yet: the observation restarts.
        guard let first, first.entry.number == entry.number, first.entry.content == entry.content else {
            self.first = (entry, time)
            return .unknown
        }
        if first.entry.touched != entry.touched { return .alive }
        return time - first.at >= .seconds(entry.timeout) ? .gone : .unknown
    }
}

extension LockFiles.Entry {
    package var holder: LockHolder? {
        guard case .held(let holder) = content else { return nil }
        return holder
    }

    /// Seconds without a heartbeat after which its holder counts as dead.
    package var timeout: Double { holder?.timeout ?? LockHolder.usualHeartbeatInterval * LockHolder.patience }
}

/// Tells by looking at a lock again and again whether its holder lives.
///
/// Clocks of two machines are never compared: what counts is whether anything changes while the observer's own clock runs.
struct LockObservation: Sendable {
    enum Verdict: Sendable, Equatable { case unknown, alive, gone }

    private var first: (entry: LockFiles.Entry, at: Duration)?

    /// - Parameters:
    ///   - entry: the lock as it is now.
    ///   - time: of a clock that only goes forward.
    mutating func look(_ entry: LockFiles.Entry, at time: Duration) -> Verdict {
        // Another holder, or one whose words had not arrived yet: it is looked at afresh.
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

    /// Seconds without a sign of life after which its holder counts as gone.
    package var timeout: Double { holder?.timeout ?? LockHolder.usualHeartbeatInterval * LockHolder.patience }
}

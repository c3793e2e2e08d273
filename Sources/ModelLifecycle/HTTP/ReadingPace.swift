/// When bodies that are read as they arrive are read again.
///
/// A body of tokens comes in tiny pieces. After each read, its transfer pauses, and what comes meanwhile is read at once.
/// The pause is short against what the body has already taken, so that it hardly delays a response, and bounded, so that
/// whoever reads along is never far behind.
struct ReadingPace {
    private static let longest = Duration.milliseconds(50)
    /// Pauses end at multiples of it, several at a time.
    private static let tick = Duration.milliseconds(5)

    private let origin: ContinuousClock.Instant
    /// Pauses by transfer: the tick at which each ends.
    private var ends: [UInt64: Int] = [:]
    private var first = Int.max

    init(origin: ContinuousClock.Instant = .now) { self.origin = origin }

    /// Pauses a transfer that began that long ago.
    ///
    /// - Returns: false if its pause would be too short to be worthwhile.
    mutating func pause(_ id: UInt64, age: Duration, at now: ContinuousClock.Instant) -> Bool {
        let pause = min(Self.longest, age / 16)
        guard pause >= Self.tick else { return false }
        let end = Int((now - origin + pause) / Self.tick)
        ends[id] = end
        first = min(first, end)
        return true
    }

    mutating func forget(_ id: UInt64) { ends[id] = nil }

    /// - Returns: transfers whose pause has ended.
    mutating func due(at now: ContinuousClock.Instant) -> [UInt64] {
        let tick = Int((now - origin) / Self.tick)
        guard tick >= first else { return [] }
        let due = ends.filter { $0.value <= tick }.map(\.key)
        for id in due { ends[id] = nil }
        first = ends.values.min() ?? .max
        return due
    }

    /// How long to wait for something else; at most a minute.
    func milliseconds(from now: ContinuousClock.Instant) -> Int32 {
        guard first < .max else { return 60_000 }
        let rest = origin + Self.tick * first - now
        return Int32(max(0, min(60_000, (rest / .milliseconds(1)).rounded(.up))))
    }
}

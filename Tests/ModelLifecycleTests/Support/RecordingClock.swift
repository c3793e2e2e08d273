import Synchronization

/// A clock on which no time passes: it writes down for how long it was asked to sleep.
final class RecordingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let slept = Mutex<[Duration]>([])
    /// Whether a sleep ends only with its task.
    private let isEndless: Bool

    init(isEndless: Bool = false) { self.isEndless = isEndless }

    var sleeps: [Duration] { slept.withLock { $0 } }
    var now: Instant { Instant(offset: sleeps.reduce(.zero, +)) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let pause = now.duration(to: deadline)
        slept.withLock { $0.append(pause) }
        if isEndless { try await Task.sleep(for: .seconds(3600)) }
    }
}

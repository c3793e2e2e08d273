import Synchronization

/// A clock on which no time passes: it writes down for how long it was asked to sleep.
package final class RecordingClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package var offset: Duration = .zero
        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let slept = Mutex<[Duration]>([])
    /// Whether a sleep ends only with its task.
    private let isEndless: Bool

    package init(isEndless: Bool = false) { self.isEndless = isEndless }

    package var sleeps: [Duration] { slept.withLock { $0 } }
    package var now: Instant { Instant(offset: sleeps.reduce(.zero, +)) }
    package var minimumResolution: Duration { .zero }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let pause = now.duration(to: deadline)
        slept.withLock { $0.append(pause) }
        if isEndless { try await Task.sleep(for: .seconds(3600)) }
    }
}

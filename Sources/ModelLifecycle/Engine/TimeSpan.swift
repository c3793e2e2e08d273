import Foundation

/// A stretch of time.
public struct TimeSpan: Sendable, Hashable {
    /// Seconds since 1970.
    public var begin: Double
    public var seconds: Double

    public init(begin: Double, seconds: Double) {
        self.begin = begin
        self.seconds = seconds
    }

    public var end: Double { begin + seconds }
}

/// Measures how long something takes, by a clock that nobody sets, and tells when it began.
public struct Stopwatch: Sendable {
    private let begin = Date().timeIntervalSince1970
    private let start = ContinuousClock.now

    public init() {}

    /// From the making of the stopwatch to now.
    public var span: TimeSpan { TimeSpan(begin: begin, seconds: (ContinuousClock.now - start).inSeconds) }
}

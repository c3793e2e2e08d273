import Foundation

/// A time span.
package struct TimeSpan: Sendable, Hashable {
    /// Seconds since 1970.
    package var begin: Double
    package var seconds: Double

    package init(begin: Double, seconds: Double) {
        self.begin = begin
        self.seconds = seconds
    }

    package var end: Double { begin + seconds }
}

/// Measures elapsed time with a monotonic clock and records when it started.
package struct Stopwatch: Sendable {
    private let begin = Date().timeIntervalSince1970
    private let start = ContinuousClock.now

    package init() {}

    /// The span from the stopwatch's creation to now.
    package var span: TimeSpan { TimeSpan(begin: begin, seconds: (ContinuousClock.now - start).inSeconds) }
}

extension Duration {
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

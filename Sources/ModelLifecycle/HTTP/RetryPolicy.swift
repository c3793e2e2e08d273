/// When and how often to retry.
///
/// Pauses double, without jitter, so that every run is the same.
package struct RetryPolicy: Sendable, Hashable {
    /// Attempts in total, including the first.
    package var attempts: Int
    package var firstPause: Duration
    package var longestPause: Duration

    package init(
        attempts: Int = 5, firstPause: Duration = .milliseconds(250), longestPause: Duration = .seconds(8)
    ) {
        self.attempts = max(1, attempts)
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// One attempt.
    package static let never = RetryPolicy(attempts: 1)

    /// The pause after the given failed attempt, counted from 1.
    package func pause(afterAttempt attempt: Int) -> Duration {
        var pause = firstPause
        for _ in 1..<max(1, attempt) where pause < longestPause { pause *= 2 }
        return min(pause, longestPause)
    }

    /// Whether a status may be temporary. No other 4xx is.
    package static func isTransient(status: Int) -> Bool {
        [429, 500, 502, 503, 504].contains(status)
    }

    /// Runs `body` until it succeeds, fails permanently, or the attempts are used up.
    ///
    /// - Throws: the last error; `CancellationError` if the task is cancelled during a pause.
    package func run<Value: Sendable>(
        clock: any Clock<Duration> = ContinuousClock(),
        isTransient: (any Error) -> Bool,
        _ body: () async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch  where attempt < attempts && isTransient(error) && !Task.isCancelled {
                try await clock.sleep(for: pause(afterAttempt: attempt))
                attempt += 1
            }
        }
    }
}

extension HTTPError {
    /// Whether the same request may succeed a moment later.
    package var isTransient: Bool {
        switch self {
        case .refused, .connectionLost: true
        case .timedOut, .cancelled, .tooLarge, .shutDown, .other: false
        }
    }
}

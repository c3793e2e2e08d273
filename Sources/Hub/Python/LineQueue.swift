import ModelLifecycle
import Support
import Synchronization

/// Lines from a child, kept until somebody asks for them; one caller at a time.
final class LineQueue: Sendable {
    private struct State {
        var lines: [String] = []
        var isClosed = false
        var waiting: Latch<String?>?
    }

    private let state = Mutex(State())

    /// - Parameter line: nil if the other end was closed.
    func take(_ line: String?) {
        let waiting = state.withLock { state -> Latch<String?>? in
            if line == nil { state.isClosed = true }
            defer { state.waiting = nil }
            if state.waiting == nil, let line { state.lines.append(line) }
            return state.waiting
        }
        waiting?.set(line)
    }

    /// - Returns: the next line; `.some(nil)` after the last one if the other end was closed, nil after the limit.
    /// - Throws: `CancellationError`.
    func next(atMost limit: Duration) async throws -> String?? {
        let latch = Latch<String?>()
        state.withLock { state in
            if !state.lines.isEmpty {
                latch.set(state.lines.removeFirst())
            } else if state.isClosed {
                latch.set(nil)
            } else {
                state.waiting = latch
            }
        }
        return try await latch.wait(atMost: limit)
    }
}

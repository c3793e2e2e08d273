import Foundation
import Support
import Synchronization

/// Requests to a child and its responses, one line each.
package final class LineSocket: Sendable {
    private let channel: LineChannel
    private let replies: Replies

    /// The task that waits for the next line.
    private final class Replies: Sendable {
        private struct State {
            var waiting: Latch<String?>?
            var isClosed = false
        }

        private let state: Mutex<State>

        init(first: Latch<String?>) { state = Mutex(State(waiting: first)) }

        func expect(_ reply: Latch<String?>) {
            state.withLock { state in
                if state.isClosed { reply.set(nil) } else { state.waiting = reply }
            }
        }

        func take(_ line: String?) {
            state.withLock { state in
                state.isClosed = state.isClosed || line == nil
                defer { state.waiting = nil }
                return state.waiting
            }?.set(line)
        }
    }

    private let first: Latch<String?>

    /// - Throws: `POSIXError`.
    package init() throws {
        // The first line may arrive before anything waits for it.
        let first = Latch<String?>()
        let replies = Replies(first: first)
        self.first = first
        self.replies = replies
        channel = try LineChannel { replies.take($0) }
    }

    /// For the child's standard input and output.
    package var forChild: SpawnRequest.Talk { channel.forChild }

    /// Call when the child has been started, so that the closing of its end is noticed.
    package func childStarted() { channel.childStarted() }

    /// Waits for the line that the child sends first; results as for ``ask(_:atMost:)``.
    package func firstLine(atMost limit: Duration) async throws -> String?? {
        try await first.wait(atMost: limit)
    }

    /// Sends a line and waits for the response; one caller at a time. Unrequested lines are dropped.
    ///
    /// - Parameter line: without a line break.
    /// - Returns: the response; `.some(nil)` if the other end was closed, nil after the limit.
    /// - Throws: `CancellationError`.
    package func ask(_ line: String, atMost limit: Duration) async throws -> String?? {
        let reply = Latch<String?>()
        replies.expect(reply)
        channel.send(line)
        return try await reply.wait(atMost: limit)
    }

    /// Ends the reader and releases all waiting tasks.
    package func shutDown() { channel.shutDown() }
}

import Foundation
import Support
import Synchronization

/// Questions to a child and its answers: one line out, one back.
package final class LineSocket: Sendable {
    private let channel: LineChannel
    private let replies: Replies

    /// Who waits for the next line.
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
        // The first line may come before anybody waits for it.
        let first = Latch<String?>()
        let replies = Replies(first: first)
        self.first = first
        self.replies = replies
        channel = try LineChannel { replies.take($0) }
    }

    /// For the child's standard input and output.
    package var forChild: SpawnRequest.Talk { channel.forChild }

    /// To be called when the child has been started, so that its end is heard of.
    package func childStarted() { channel.childStarted() }

    /// Waits for the line that the child says by itself; results as of ``ask(_:atMost:)``.
    package func firstLine(atMost limit: Duration) async throws -> String?? {
        try await first.wait(atMost: limit)
    }

    /// Sends a line and waits for one; only one at a time may ask. What comes unasked is dropped.
    ///
    /// - Parameter line: without a line break.
    /// - Returns: the answer; `.some(nil)` where the other end was closed, nil where the limit passed.
    /// - Throws: `CancellationError`.
    package func ask(_ line: String, atMost limit: Duration) async throws -> String?? {
        let reply = Latch<String?>()
        replies.expect(reply)
        channel.send(line)
        return try await reply.wait(atMost: limit)
    }

    /// Ends the reader and lets nobody wait any longer.
    package func shutDown() { channel.shutDown() }
}

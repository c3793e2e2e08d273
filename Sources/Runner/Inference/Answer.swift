import Decoding
import ModelLifecycle

/// The response to a request.
package struct Answer: Sendable {
    package var event: Event
    /// Whether its own request was sent, rather than an identical one.
    var isAsked = true
}

/// Someone who takes steps while they are written, and may end that.
package final class AnswerProgress: Sendable {
    /// Takes all whole steps so far.
    let report: @Sendable (Generated) -> Void
    let streamStop = StreamStop()

    package init(_ report: @escaping @Sendable (Generated) -> Void) {
        self.report = report
    }

    /// The response ends with what has been written.
    package func stop() { streamStop.stop() }
}

import Decoding

/// The response to a request.
package struct Answer: Sendable {
    package var event: Event
    /// Whether its own request was sent, rather than an identical one.
    var isAsked = true
}

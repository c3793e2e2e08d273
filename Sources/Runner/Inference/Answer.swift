import Decoding

/// What comes of a question.
package struct Answer: Sendable {
    package var event: Event
    /// Whether an engine was asked for it, rather than for another question that sent the same bytes.
    var isAsked = true
}

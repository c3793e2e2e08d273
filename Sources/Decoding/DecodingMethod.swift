/// A way to come to a response. Adding one means writing one of these.
///
/// A method is a value: no clock, no engine, no randomness but ``Draw``. It says what it needs, and an answer changes it.
package protocol DecodingMethod: Sendable {
    /// What is needed next to go on with a response that is not finished: at least one thing. Where there are several, their
    /// ``Need/candidate`` tells them apart, and none waits for another.
    func needs(for response: Response) -> [Need]

    /// Takes in an answer to one of the needs. What comes of several does not depend on the order in which they are answered.
    ///
    /// - Throws: ``UnexpectedEvent`` where the event does not fit any need.
    mutating func apply(_ event: Event, to response: inout Response) throws
}

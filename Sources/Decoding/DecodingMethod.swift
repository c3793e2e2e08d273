/// A decoding method. To add one, implement this protocol.
///
/// A method is a value without clock or engine; its only randomness is ``Draw``. It states its needs, and responses
/// change its state.
package protocol DecodingMethod: Sendable {
    /// The next needs of an unfinished response, at least one. Several needs differ in their ``Need/candidate`` and do
    /// not depend on each other.
    func needs(for response: Response) -> [Need]

    /// The needs that a response for a candidate may have changed, all others being as before it. By default, all needs: a method of many
    /// candidates that do not wait for each other says less, since all of them after each response are as many as the square of their number.
    func needs(for response: Response, after candidate: Int) -> [Need]

    /// Takes in the response to one of the needs. With several needs, the result does not depend on the order of the
    /// responses.
    ///
    /// - Throws: ``UnexpectedEvent`` if the event does not match a need.
    mutating func apply(_ event: Event, to response: inout Response) throws

    /// The wave that the next needs belong to, from 1. By default, a draft from the end of the response begins one, and ``Response/waves``
    /// has counted those that began.
    func wave(of response: Response) -> Int
}

extension DecodingMethod {
    package func needs(for response: Response, after candidate: Int) -> [Need] { needs(for: response) }

    package func wave(of response: Response) -> Int {
        guard case .generate(let next)? = needs(for: response).first, next.steps.count == response.steps.count,
            response.waves == 0 || !(next.role == .target && next.stopsAtDelimiter)
        else { return response.waves }
        return response.waves + 1
    }
}

/// Versions of the decoding rules that a spec does not state. A resumed run keeps the version that it started with, so
/// that its journal is read as it was written.
package enum DecodingRules: Int, Sendable, CaseIterable {
    /// An end right after a delimiter is accepted unjudged, and `max_tokens` defaults to 512.
    case first = 1
    /// Such an end is judged if the PRM's profile can, and `max_tokens` defaults to 2,048 or the context.
    case second

    package static let current = DecodingRules.second

    package var judgesEmptyEnds: Bool { self != .first }

    /// The default token limit.
    ///
    /// - Parameter context: of the model that can write the longest text, if known.
    package func standardLimit(context: Int?) -> TokenLimit {
        switch self {
        case .first: .response(512)
        case .second: .response(min(2048, context ?? 2048))
        }
    }
}

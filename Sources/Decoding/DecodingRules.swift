/// The rules of decoding that a spec does not state, by their version. A run goes on by those that it was begun with, so that what
/// its journal holds is read as it was written.
package enum DecodingRules: Int, Sendable, CaseIterable {
    /// Every end of a response right after a delimiter is taken unjudged, and `max_tokens` is 512 where the spec has none.
    case first = 1
    /// Such an end is judged where the PRM's profile can, and `max_tokens` is 2,048 or the context where the spec has none.
    case second

    package static let current = DecodingRules.second

    package var judgesEmptyEnds: Bool { self != .first }

    /// What a spec gets that states no limit of tokens.
    ///
    /// - Parameter context: of the model that can write the longest text, where it is known.
    package func standardLimit(context: Int?) -> TokenLimit {
        switch self {
        case .first: .response(512)
        case .second: .response(min(2048, context ?? 2048))
        }
    }
}

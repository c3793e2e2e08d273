/// The rules of decoding that a spec does not state, by their version. A run goes on by those that it was begun with, so that what
/// its journal holds is read as it was written.
package enum DecodingRules: Int, Sendable, CaseIterable {
    /// Every end of a response right after a delimiter is taken unjudged, and `max_tokens` is 512 where the spec has none.
    case first = 1
    /// Such an end is judged where the PRM's profile can, and `max_tokens` is 2,048 or the context where the spec has none.
    case second

    static let current = DecodingRules.second

    var judgesEmptyEnds: Bool { self != .first }

    /// What a spec gets that states no limit of tokens.
    ///
    /// - Parameter context: of the model that can write the longest text, where it is known.
    func standardLimit(context: Int?) -> TokenLimit {
        switch self {
        case .first: .response(512)
        case .second: .response(min(2048, context ?? 2048))
        }
    }
}

extension LoadedJob {
    /// The same job by the rules of a run that was begun as `identity`.
    func following(_ identity: SpecIdentity?) -> LoadedJob {
        guard let rules = identity?.rules, rules != self.rules else { return self }
        var job = self
        job.rules = rules
        if hasStandardLimit { job.spec.decoding.tokens = rules.standardLimit(context: longestContext) }
        return job
    }

    /// Tokens of prompt and answer together in the generator that takes the most; nil where no generator's is known.
    var longestContext: Int? {
        [Role.draft, .target].compactMap { spec.models[$0]?.context ?? models[$0]?.memory.contextLength }.max()
    }
}

import Decoding

extension LoadedJob {
    /// The same job by the rules of a run that was begun as `identity`.
    package func following(_ identity: SpecIdentity?) -> LoadedJob {
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

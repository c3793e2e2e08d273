import Decoding

extension LoadedJob {
    /// The same job under the decoding rules of the run that started as `identity`.
    package func following(_ identity: SpecIdentity?) -> LoadedJob {
        guard let identity else { return self }
        var job = self
        if recognisesThinking, !identity.knowsThinking { job.spec.thinking = nil }
        guard identity.rules != self.rules else { return job }
        job.rules = identity.rules
        if hasStandardLimit { job.spec.decoding.tokens = job.rules.standardLimit(context: longestContext) }
        return job
    }

    /// The longest context of all generators, in tokens of prompt and response together; nil if none is known.
    var longestContext: Int? {
        [Role.draft, .target].compactMap { spec.models[$0]?.context ?? models[$0]?.memory.contextLength }.max()
    }
}

import Datasets
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

    /// The same job without the records that were added to its data sets since it had an identity, after those that it had then.
    package func beginning(as identity: SpecIdentity) -> LoadedJob {
        var job = self
        for (name, problems) in allProblems {
            let keys = SpecIdentity.Keys(dataset: name)
            guard let count = identity[keys.count].flatMap({ Int($0) }), (0..<problems.count).contains(count),
                SpecIdentity.questions(of: problems.prefix(count)) == identity[keys.questions]
            else { continue }
            job.allProblems[name] = [Problem](problems.prefix(count))
            if shard == nil { job.problems[name] = job.allProblems[name] }
        }
        return job
    }

    /// The longest context of all generators, in tokens of prompt and response together; nil if none is known.
    var longestContext: Int? {
        [Role.draft, .target].compactMap { spec.models[$0]?.context ?? models[$0]?.memory.contextLength }.max()
    }
}

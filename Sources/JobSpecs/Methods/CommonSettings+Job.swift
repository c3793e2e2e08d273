import Decoding

extension CommonSettings {
    /// The settings of a job.
    ///
    /// - Parameter method: the method that gets them.
    package init(_ job: LoadedJob, for method: MethodSpec) {
        let decoding = job.spec.decoding
        let limits = Limits(
            delimiter: decoding.delimiter, tokens: decoding.tokens, maxSteps: decoding.maxSteps,
            thoughts: job.spec.thoughts(of: method.kind.roles))

        let judgesEmptyEnd =
            job.rules.judgesEmptyEnds && job.spec.models[.prm]?.profile?.judgesEmptySteps ?? false
        self.init(limits: limits, lookahead: decoding.lookahead, judgesEmptyEnd: judgesEmptyEnd)
    }
}

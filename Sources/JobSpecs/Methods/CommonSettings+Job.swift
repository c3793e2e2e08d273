import Decoding

extension CommonSettings {
    /// The settings of a job.
    package init(_ job: LoadedJob) {
        let decoding = job.spec.decoding
        let limits = Limits(
            delimiter: decoding.delimiter, tokens: decoding.tokens, maxSteps: decoding.maxSteps)

        let judgesEmptyEnd =
            job.rules.judgesEmptyEnds && job.spec.models[.prm]?.profile?.judgesEmptySteps ?? false
        self.init(limits: limits, lookahead: decoding.lookahead, judgesEmptyEnd: judgesEmptyEnd)
    }
}

/// What all methods of a job have in common.
struct CommonSettings: Sendable {
    var limits: Limits
    var lookahead: Lookahead
    /// Whether an end of the response right after a delimiter is a step of its own, without text, that the PRM judges.
    var judgesEmptyEnd: Bool

    init(_ job: LoadedJob) {
        let decoding = job.spec.decoding
        limits = Limits(
            delimiter: decoding.delimiter, tokens: decoding.tokens, maxSteps: decoding.maxSteps)
        lookahead = decoding.lookahead
        judgesEmptyEnd = job.rules.judgesEmptyEnds && job.spec.models[.prm]?.profile?.judgesEmptySteps ?? false
    }
}

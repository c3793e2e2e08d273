/// What all methods of a job have in common.
package struct CommonSettings: Sendable {
    package var limits: Limits
    package var lookahead: Lookahead
    /// Whether an end of the response right after a delimiter is a step of its own, without text, that the PRM judges.
    package var judgesEmptyEnd: Bool

    package init(limits: Limits, lookahead: Lookahead, judgesEmptyEnd: Bool) {
        self.limits = limits
        self.lookahead = lookahead
        self.judgesEmptyEnd = judgesEmptyEnd
    }
}

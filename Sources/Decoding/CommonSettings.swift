/// Settings shared by all methods of a job.
package struct CommonSettings: Sendable {
    package var limits: Limits
    package var lookahead: Lookahead
    /// Whether the end of a response right after a delimiter is an empty step of its own that the PRM judges.
    package var judgesEmptyEnd: Bool

    package init(limits: Limits, lookahead: Lookahead, judgesEmptyEnd: Bool) {
        self.limits = limits
        self.lookahead = lookahead
        self.judgesEmptyEnd = judgesEmptyEnd
    }
}

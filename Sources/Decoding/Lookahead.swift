/// How far the draft model runs ahead of the PRM's verdict.
package enum Lookahead: Sendable, Hashable {
    /// To the end of the solution.
    case all
    /// At most so many steps.
    case steps(Int)
}

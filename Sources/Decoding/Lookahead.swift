/// How many steps the draft writes before the PRM judges the first.
package enum Lookahead: Sendable, Hashable {
    /// To the end of the solution.
    case all
    /// At most this many steps.
    case steps(Int)
}

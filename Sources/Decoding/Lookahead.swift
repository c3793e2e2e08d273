/// How many steps the draft writes before the PRM judges the first.
package enum Lookahead: Sendable, Hashable {
    /// To the end of the solution. While the PRM is up too, it judges the steps as they come, and the draft is stopped at the first
    /// that falls.
    case auto
    /// To the end of the solution.
    case all
    /// At most this many steps.
    case steps(Int)
}

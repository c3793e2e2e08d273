import Support

/// Counts of draft steps by verdict.
package struct Verdicts: Sendable, Equatable {
    package var accepted = 0
    package var rejected = 0

    package init(accepted: Int = 0, rejected: Int = 0) {
        self.accepted = accepted
        self.rejected = rejected
    }

    /// nil before the first verdict.
    package var acceptance: Double? { Proportion(accepted, of: accepted + rejected).value }

    package static func + (left: Verdicts, right: Verdicts) -> Verdicts {
        Verdicts(accepted: left.accepted + right.accepted, rejected: left.rejected + right.rejected)
    }

    package static func - (left: Verdicts, right: Verdicts) -> Verdicts {
        Verdicts(accepted: left.accepted - right.accepted, rejected: left.rejected - right.rejected)
    }
}

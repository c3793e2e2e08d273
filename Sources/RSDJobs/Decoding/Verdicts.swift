/// What became of draft steps that were put to the threshold.
public struct Verdicts: Sendable, Equatable {
    public var accepted = 0
    public var rejected = 0

    public init(accepted: Int = 0, rejected: Int = 0) {
        self.accepted = accepted
        self.rejected = rejected
    }

    /// nil before the first verdict.
    public var acceptance: Double? { Proportion(accepted, of: accepted + rejected).value }

    public static func + (left: Verdicts, right: Verdicts) -> Verdicts {
        Verdicts(accepted: left.accepted + right.accepted, rejected: left.rejected + right.rejected)
    }

    public static func - (left: Verdicts, right: Verdicts) -> Verdicts {
        Verdicts(accepted: left.accepted - right.accepted, rejected: left.rejected - right.rejected)
    }
}

import RSDJobs

extension Trajectory {
    /// The verdicts so far, that on a step which the target has yet to replace included.
    public var verdicts: Verdicts {
        guard method is RewardGuided else { return Verdicts() }
        var verdicts = response.steps.verdicts
        if method.need(for: response).role == .target { verdicts.rejected += 1 }
        return verdicts
    }
}

extension Role {
    /// The phase in which the role works.
    var phase: String { self == .prm ? "score" : rawValue }
}

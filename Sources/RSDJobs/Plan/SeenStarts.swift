import Decoding
import RunStore

/// What the starts of a run took, warm ones apart.
struct SeenStarts: Sendable {
    private var warm: [Role: [Double]] = [:]
    private var cold: [Role: [Double]] = [:]

    init(_ records: [JournalRecord]) {
        for case .load(let load) in records {
            guard let role = Role(rawValue: load.engine) else { continue }
            if load.kind == .warm {
                warm[role, default: []].append(load.seconds)
            } else {
                cold[role, default: []].append(load.seconds)
            }
        }
    }

    /// Seconds of a start; nil where there was none of this kind.
    private func mean(_ role: Role, isWarm: Bool) -> Double? {
        let seconds = (isWarm ? warm : cold)[role] ?? []
        return seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
    }

    /// What a start is likely to take.
    ///
    /// - Parameters:
    ///   - assumed: for one of a kind that the run had none of.
    ///   - slack: how far another run's may lie from what was seen, as a part of it.
    func seconds(_ role: Role, isWarm: Bool, assumed: PlanRange, slack: Double) -> PlanRange {
        if let seen = mean(role, isWarm: isWarm) { return PlanRange(around: seen, slack: slack) }
        guard let other = mean(role, isWarm: !isWarm) else { return assumed }
        // A warm start takes no longer than a cold one, and is one where the fork fails.
        return isWarm
            ? PlanRange(
                low: min(assumed.low, other), expected: min(assumed.expected, other), high: other * (1 + slack))
            : PlanRange(
                low: max(assumed.low, other), expected: max(assumed.expected, other), high: max(assumed.high, other))
    }

    /// What is to be said where an engine started, but never in this way; nil where it did.
    func caution(_ roles: [Role], isWarm: Bool) -> String? {
        let lacking = roles.contains { mean($0, isWarm: isWarm) == nil && mean($0, isWarm: !isWarm) != nil }
        return lacking ? "it lacks \(isWarm ? "warm" : "cold") starts: what they take is assumed" : nil
    }
}

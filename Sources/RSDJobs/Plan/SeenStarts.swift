import Support
import Decoding
import JobSpecs
import RunStore

/// What the starts of a run took, warm ones apart.
struct SeenStarts: Sendable {
    private var warm: [EngineID: [Double]] = [:]
    private var cold: [EngineID: [Double]] = [:]

    init(_ records: [JournalRecord]) {
        for case .load(let load) in records {
            let engine = EngineID(load.engine)
            if load.kind == .warm {
                warm[engine, default: []].append(load.seconds)
            } else {
                cold[engine, default: []].append(load.seconds)
            }
        }
    }

    /// Seconds of a start; nil where there was none of this kind.
    private func mean(_ engine: EngineID, isWarm: Bool) -> Double? {
        let seconds = (isWarm ? warm : cold)[engine] ?? []
        return seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
    }

    /// What a start is likely to take.
    ///
    /// - Parameters:
    ///   - assumed: for one of a kind that the run had none of.
    ///   - slack: how far another run's may lie from what was seen, as a part of it.
    func seconds(_ engine: EngineID, isWarm: Bool, assumed: PlanRange, slack: Double) -> PlanRange {
        if let seen = mean(engine, isWarm: isWarm) { return PlanRange(around: seen, slack: slack) }
        guard let other = mean(engine, isWarm: !isWarm) else { return assumed }
        // A warm start takes no longer than a cold one, and is one where the fork fails.
        return isWarm
            ? PlanRange(
                low: min(assumed.low, other), expected: min(assumed.expected, other), high: other * (1 + slack))
            : PlanRange(
                low: max(assumed.low, other), expected: max(assumed.expected, other), high: max(assumed.high, other))
    }

    /// What is to be said where an engine started, but never in this way; nil where it did.
    func caution(_ engines: [EngineID], isWarm: Bool) -> String? {
        let (wanted, others) = isWarm ? (warm, cold) : (cold, warm)
        let lacking = engines.contains { wanted[$0] == nil && others[$0] != nil }
        return lacking ? "it lacks \(isWarm ? "warm" : "cold") starts: what they take is assumed" : nil
    }
}

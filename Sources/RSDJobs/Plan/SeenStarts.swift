import Support
import Decoding
import JobSpecs
import RunStore

/// Durations of the starts in a run, warm and cold separately.
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

    /// Mean seconds of a start; nil if there was none of this kind.
    private func mean(_ engine: EngineID, isWarm: Bool) -> Double? {
        let seconds = (isWarm ? warm : cold)[engine] ?? []
        return seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
    }

    /// Expected seconds of a start.
    ///
    /// - Parameters:
    ///   - assumed: the value if the run had no start of this kind.
    ///   - slack: how far another run may deviate, as a share.
    func seconds(_ engine: EngineID, isWarm: Bool, assumed: PlanRange, slack: Double) -> PlanRange {
        if let seen = mean(engine, isWarm: isWarm) { return PlanRange(around: seen, slack: slack) }
        guard let other = mean(engine, isWarm: !isWarm) else { return assumed }
        // A warm start takes no longer than a cold one, and becomes one if the fork fails.
        return isWarm
            ? PlanRange(
                low: min(assumed.low, other), expected: min(assumed.expected, other), high: other * (1 + slack))
            : PlanRange(
                low: max(assumed.low, other), expected: max(assumed.expected, other), high: max(assumed.high, other))
    }

    /// A note if an engine started, but never in this way; otherwise nil.
    func caution(_ engines: [EngineID], isWarm: Bool) -> String? {
        let (wanted, others) = isWarm ? (warm, cold) : (cold, warm)
        let lacking = engines.contains { wanted[$0] == nil && others[$0] != nil }
        return lacking ? "it has no \(isWarm ? "warm" : "cold") starts: their time is assumed" : nil
    }
}

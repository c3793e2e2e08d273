import JobSpecs
import Support

/// The threshold that meets a goal, with its interval over problems.
///
/// Accuracy and cost are means over problems at the thresholds that were tried, fitted by curves that do not fall, and linear
/// in between. For an accuracy, it is the least threshold that reaches it; for a cost, the largest that does not exceed it.
/// Nothing is concluded beyond the thresholds that were tried.
struct ThresholdChoice: Sendable, Equatable {
    var threshold: Double
    /// Ends of the 95 % interval; nil where it is open: the thresholds that were tried do not bound it.
    var low: Double?
    var high: Double?
}

extension ThresholdChoice {
    /// nil if no threshold that was tried meets the goal.
    init?(_ goal: CalibrationGoal, on evidence: ThresholdEvidence) {
        guard let threshold = Self.point(goal, on: evidence) else { return nil }
        self.threshold = threshold
        let last = Self.last(goal, on: evidence)
        let tried = evidence.thresholds[...last]
        // All thresholds at which the mean may be just the goal: whatever its course, the true one is among them in 95 of 100 runs.
        if let first = tried.firstIndex(where: { Self.side(of: goal, at: $0, on: evidence) != .below }) {
            low = first == 0 ? nil : Self.end(.below, of: goal, from: tried[first - 1], to: tried[first], on: evidence)
        } else {
            low = tried[last]
        }
        if let final = tried.lastIndex(where: { Self.side(of: goal, at: $0, on: evidence) != .above }) {
            high =
                final == last ? nil : Self.end(.above, of: goal, from: tried[final + 1], to: tried[final], on: evidence)
        } else {
            high = tried[0]
        }
        (low, high) = (low.map { min($0, threshold) }, high.map { max($0, threshold) })
        guard case .cost = goal, threshold == evidence.thresholds[last], let peak = AccuracyPeak(evidence) else {
            return
        }
        low = low.map { min($0, evidence.thresholds[peak.alike.lowerBound]) }
        high = evidence.thresholds[peak.alike.upperBound]
    }

    /// The threshold alone.
    static func point(_ goal: CalibrationGoal, on evidence: ThresholdEvidence) -> Double? {
        let tried = Array(evidence.thresholds[...last(goal, on: evidence)])
        switch goal {
        case .accuracy(let level):
            let fit = tried.compactMap { evidence.accuracy(at: $0) }.isotonic
            guard let reached = fit.firstIndex(where: { $0 >= level }) else { return nil }
            return reached == 0 ? tried[0] : crossing(of: level, tried, fit, before: reached)
        case .cost(let level):
            let costs = tried.compactMap { evidence.cost(at: $0) }
            guard costs.count == tried.count else { return nil }
            let fit = costs.isotonic
            guard let kept = fit.lastIndex(where: { $0 <= level }) else { return nil }
            return kept == tried.count - 1 ? tried[kept] : crossing(of: level, tried, fit, before: kept + 1)
        }
    }

    private static func crossing(of level: Double, _ tried: [Double], _ fit: [Double], before index: Int) -> Double {
        let rise = fit[index] - fit[index - 1]
        let share = rise > 0 ? (level - fit[index - 1]) / rise : 1
        return tried[index - 1] + share * (tried[index] - tried[index - 1])
    }

    /// Index of the last threshold that may be chosen. A larger one costs more, so one that has fewer right answers than a smaller
    /// one is not worth it: for an accuracy, all after the most accurate; for a cost, only if one of them is surely worse, since
    /// the most accurate of several that are alike is so by chance.
    private static func last(_ goal: CalibrationGoal, on evidence: ThresholdEvidence) -> Int {
        switch goal {
        case .accuracy: evidence.mostAccurate ?? 0
        case .cost: AccuracyPeak(evidence)?.best ?? evidence.thresholds.count - 1
        }
    }

    // MARK: The interval

    /// Where the mean of a quantity is, as its 95 % interval says, as against the goal.
    private enum Side { case below, near, above }

    private static func side(
        of goal: CalibrationGoal, at threshold: Double, on evidence: ThresholdEvidence
    ) -> Side {
        let (interval, level): (ClosedRange<Double>?, Double)
        switch goal {
        case .accuracy(let accuracy): (interval, level) = (evidence.accuracyInterval(at: threshold), accuracy)
        // That of a difference, since a quotient of two means has none that is exact (Fieller 1954).
        case .cost(let cost):
            let excess = evidence.excess(at: threshold, over: cost).flatMap { StudentMean($0) }
            (interval, level) = (excess?.interval, 0)
        }
        guard let interval else { return .near }
        return interval.upperBound < level ? .below : interval.lowerBound > level ? .above : .near
    }

    /// The last threshold that is surely on one side, on the way from one that is to one that is not.
    private static func end(
        _ side: Side, of goal: CalibrationGoal, from sure: Double, to unsure: Double, on evidence: ThresholdEvidence
    ) -> Double {
        var (sure, unsure) = (sure, unsure)
        for _ in 0..<8 {
            let middle = (sure + unsure) / 2
            if Self.side(of: goal, at: middle, on: evidence) == side { sure = middle } else { unsure = middle }
        }
        return sure
    }
}

/// The most accurate threshold, if larger ones are surely less accurate.
private struct AccuracyPeak {
    var best: Int
    /// From the first to the last that is not surely less accurate.
    var alike: ClosedRange<Int>

    init?(_ evidence: ThresholdEvidence) {
        guard let best = evidence.mostAccurate else { return nil }
        let others = evidence.thresholds.indices.filter { $0 != best }
        let worse = others.filter { index in
            let test = PairedTest(
                evidence.problems.map { PairedTest.Pair(own: $0.answers[index], reference: $0.answers[best]) })
            // Bonferroni's correction for as many tests.
            return test?.p.map { $0 * Double(others.count) < 0.05 } ?? false
        }
        guard worse.contains(where: { $0 > best }) else { return nil }
        let alike = evidence.thresholds.indices.filter { !worse.contains($0) }
        self.best = best
        self.alike = (alike.first ?? best)...(alike.last ?? best)
    }
}

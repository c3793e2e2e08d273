import JobSpecs
import Support

/// What calibration reaches on problems that it has not seen, by cross-validation: the threshold is chosen on the problems of all
/// folds but one, and judged on that one.
package struct HeldOutFigures: Sendable, Equatable, Encodable {
    package var folds: Int
    /// The least and the largest of the thresholds that were chosen.
    package var least: Double
    package var largest: Double
    /// Mean over problems; nil where accuracies are not known. With its 95 % interval.
    @Nulled package var accuracy: Double?
    @Nulled var accuracyLow: Double?
    @Nulled var accuracyHigh: Double?
    /// Relative to the target alone; nil if it is unknown.
    @Nulled package var cost: Double?

    package var accuracyInterval: ClosedRange<Double>? {
        guard let accuracyLow, let accuracyHigh else { return nil }
        return accuracyLow...accuracyHigh
    }

    private enum CodingKeys: String, CodingKey {
        case folds, accuracy, cost
        case least = "threshold_least"
        case largest = "threshold_largest"
        case accuracyLow = "accuracy_low"
        case accuracyHigh = "accuracy_high"
    }
}

extension HeldOutFigures {
    private static let mostFolds = 10

    /// nil with fewer than two problems.
    ///
    /// Problem k, in the order of their names, is in fold k modulo the number of folds: neighbours, which may be alike, are in different
    /// ones.
    init?(_ goal: CalibrationGoal, on evidence: ThresholdEvidence) {
        let count = evidence.problems.count
        guard count > 1 else { return nil }
        folds = min(Self.mostFolds, count)
        var chosen: [Double] = []
        var scores: [Double] = []
        var answers = 0
        var (cost, target) = (0.0, 0.0)
        for fold in 0..<folds {
            let (folds, seen) = (folds, evidence.only { [folds] in $0 % folds != fold })
            let held = evidence.only { $0 % folds == fold }
            // Where they do not reach the goal, what comes nearest.
            let nearest = goal.isAccuracy ? evidence.thresholds.last : evidence.thresholds.first
            guard let threshold = ThresholdChoice.point(goal, on: seen) ?? nearest else { return nil }
            chosen.append(threshold)
            if held.hasAnswers {
                scores += held.scores(at: threshold)
                answers += held.problems.reduce(0) { $0 + $1.answers[0].count }
            }
            cost += held.excess(at: threshold, over: 0)?.reduce(0, +) ?? .nan
            target += held.problems.reduce(0) { $0 + ($1.target ?? .nan) }
        }
        least = chosen.min() ?? 0
        largest = chosen.max() ?? 0
        let mean = ClusteredMean(scores: scores, observations: answers)
        accuracy = mean.value
        accuracyLow = mean.interval?.lowerBound
        accuracyHigh = mean.interval?.upperBound
        self.cost = cost.isFinite && target > 0 ? cost / target : nil
    }
}

extension CalibrationGoal {
    fileprivate var isAccuracy: Bool {
        if case .accuracy = self { return true }
        return false
    }
}

import Support

/// What a run tells of one method at several thresholds, problem by problem.
struct ThresholdEvidence: Sendable {
    /// One problem of the run.
    struct Problem: Sendable {
        /// Whether each answer is right, at each threshold; empty where only costs are known.
        let answers: [[Bool]]
        /// FLOPs per answer at each threshold; nil if a model's number of weights is unknown.
        let costs: [Double]?
        /// FLOPs per answer of the target alone; nil without them.
        let target: Double?
        /// Share of right answers at each threshold.
        fileprivate let scores: [Double]

        init(answers: [[Bool]], costs: [Double]?, target: Double?) {
            (self.answers, self.costs, self.target) = (answers, costs, target)
            scores = answers.map { Double($0.count(where: \.self)) / Double($0.count) }
        }
    }

    /// Ascending, at least one.
    var thresholds: [Double]
    var problems: [Problem]

    /// Each problem's share of right answers, between two thresholds in proportion to the distance.
    func scores(at threshold: Double) -> [Double] {
        let place = Place(threshold, among: thresholds)
        return problems.map { problem in place.value { problem.scores[$0] } }
    }

    /// By how much each problem's cost exceeds `level` times that of the target alone.
    ///
    /// - Returns: nil if costs are unknown.
    func excess(at threshold: Double, over level: Double) -> [Double]? {
        let place = Place(threshold, among: thresholds)
        var excess: [Double] = []
        for problem in problems {
            guard let costs = problem.costs, let target = problem.target else { return nil }
            excess.append(place.value { costs[$0] } - level * target)
        }
        return excess
    }

    /// The mean cost relative to that of the target alone; nil if it is unknown.
    func cost(at threshold: Double) -> Double? {
        guard let sum = excess(at: threshold, over: 0)?.reduce(0, +) else { return nil }
        let target = problems.reduce(0) { $0 + ($1.target ?? 0) }
        return target > 0 ? sum / target : nil
    }

    func accuracy(at threshold: Double) -> Double? { hasAnswers ? scores(at: threshold).mean : nil }

    /// Wilson's interval of the accuracy, clustered by problem.
    func accuracyInterval(at threshold: Double) -> ClosedRange<Double>? {
        guard hasAnswers else { return nil }
        let place = Place(threshold, among: thresholds)
        let answers = problems.reduce(0) { sum, problem in
            sum + problem.answers[place.lower].count + (place.share > 0 ? problem.answers[place.lower + 1].count : 0)
        }
        return ClusteredMean(scores: scores(at: threshold), observations: answers).interval
    }

    /// Index of the first threshold with the highest accuracy; nil where accuracies are not known.
    var mostAccurate: Int? {
        guard hasAnswers else { return nil }
        let accuracies = thresholds.map { scores(at: $0).mean }
        return accuracies.firstIndex(of: accuracies.max() ?? 0)
    }

    var hasAnswers: Bool { problems.first.map { !$0.answers.isEmpty } ?? false }
    var hasCosts: Bool { cost(at: thresholds[0]) != nil }

    /// Only some of the problems.
    func only(_ isTaken: (Int) -> Bool) -> ThresholdEvidence {
        ThresholdEvidence(
            thresholds: thresholds, problems: problems.indices.filter(isTaken).map { problems[$0] })
    }
}

/// A threshold between two that were tried.
private struct Place {
    /// Index of the nearest threshold that was tried and is not above it.
    var lower: Int
    /// How far it is on the way to the next one, in 0..<1.
    var share = 0.0

    init(_ threshold: Double, among thresholds: [Double]) {
        lower = max(0, (thresholds.firstIndex { $0 > threshold } ?? thresholds.count) - 1)
        guard lower + 1 < thresholds.count, threshold > thresholds[lower] else { return }
        share = (threshold - thresholds[lower]) / (thresholds[lower + 1] - thresholds[lower])
    }

    func value(_ tried: (Int) -> Double) -> Double {
        share == 0 ? tried(lower) : (1 - share) * tried(lower) + share * tried(lower + 1)
    }
}

extension [Double] {
    var mean: Double { reduce(0, +) / Double(count) }
}

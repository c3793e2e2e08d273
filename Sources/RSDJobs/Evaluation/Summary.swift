import Foundation

/// `summary.json`: what a run came to, as data.
public struct Summary: Sendable, Equatable, Codable {
    public var job: String
    public var grader: String
    /// Weights of each model, by role.
    public var parameters: [String: Int]
    /// One for each method and data set, in the order of the spec.
    public var rows: [Row]
    public var run: RunFigures

    /// The figures of one method on one data set.
    public struct Row: Sendable, Equatable, Codable {
        public var method: String
        public var dataset: String
        public var total = 0
        public var correct = 0
        /// nil where there is nothing to take a share of; the same holds for every share below.
        public var accuracy: Double?
        /// Ends of the accuracy's 95 % interval (Wilson).
        public var accuracyLow: Double?
        public var accuracyHigh: Double?
        /// Trajectories by how they finished.
        public var finishes: [String: Int] = [:]
        /// Trajectories by the verdict on their answer.
        public var grades: [String: Int] = [:]
        /// Steps of the final responses that the target wrote.
        public var targetStepShare: Double?
        /// Draft steps accepted, of those on which a verdict was passed.
        public var acceptanceRate: Double?
        /// The same in draft tokens, as the authors' code counts it.
        public var acceptanceRateTokens: Double?
        public var tokens = TokenCounts()
        /// See ``Flops``.
        public var flopsPaper = 0.0
        public var flopsSpent = 0.0

        fileprivate enum CodingKeys: String, CodingKey {
            case method, dataset, total, correct, accuracy, finishes, grades, tokens
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
            case targetStepShare = "target_step_share"
            case acceptanceRate = "acceptance_rate"
            case acceptanceRateTokens = "acceptance_rate_tokens"
            case flopsPaper = "flops_paper"
            case flopsSpent = "flops_spent"
        }
    }
}

extension Summary.Row {
    /// Writes every key, and null where there is nothing to take a share of.
    public func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(method, forKey: .method)
        try row.encode(dataset, forKey: .dataset)
        try row.encode(total, forKey: .total)
        try row.encode(correct, forKey: .correct)
        try row.encode(accuracy, forKey: .accuracy)
        try row.encode(accuracyLow, forKey: .accuracyLow)
        try row.encode(accuracyHigh, forKey: .accuracyHigh)
        try row.encode(finishes, forKey: .finishes)
        try row.encode(grades, forKey: .grades)
        try row.encode(targetStepShare, forKey: .targetStepShare)
        try row.encode(acceptanceRate, forKey: .acceptanceRate)
        try row.encode(acceptanceRateTokens, forKey: .acceptanceRateTokens)
        try row.encode(tokens, forKey: .tokens)
        try row.encode(flopsPaper, forKey: .flopsPaper)
        try row.encode(flopsSpent, forKey: .flopsSpent)
    }
}

extension Summary.Row {
    /// - Parameter lines: of one method and data set.
    public init(method: String, dataset: String, lines: [ResultLine], flops: Flops) {
        self.method = method
        self.dataset = dataset
        var (steps, byTarget, verdicts) = (0, 0, Verdicts())
        for line in lines {
            total += 1
            correct += line.correct ? 1 : 0
            finishes[line.finish.rawValue, default: 0] += 1
            grades[line.verdict.rawValue, default: 0] += 1
            tokens += line.tokens
            steps += line.steps.count
            byTarget += line.steps.count { $0.origin == .target }
            verdicts = verdicts + (line.verdicts ?? Verdicts())
        }
        let share = Proportion(correct, of: total)
        accuracy = share.value
        accuracyLow = share.interval?.lowerBound
        accuracyHigh = share.interval?.upperBound
        targetStepShare = Proportion(byTarget, of: steps).value
        acceptanceRate = verdicts.acceptance
        if acceptanceRate != nil {
            acceptanceRateTokens =
                Proportion(tokens.draft.kept, of: tokens.draft.kept + tokens.draft.rejected).value
        }
        flopsPaper = flops.paper(tokens)
        flopsSpent = flops.spent(tokens)
    }
}

extension Summary {
    /// - Parameters:
    ///   - parameters: weights of each model.
    ///   - grader: what it calls itself.
    init(job: LoadedJob, parameters: [Role: Int], lines: [ResultLine], grader: String, run: RunFigures) {
        let flops = Flops(parameters: parameters)
        self.job = job.spec.name
        self.grader = grader
        self.parameters = Dictionary(uniqueKeysWithValues: parameters.map { ($0.key.rawValue, $0.value) })
        self.run = run
        let groups = Dictionary(grouping: lines) { [$0.method, $0.dataset] }
        rows = job.spec.methods.flatMap { method in
            job.spec.datasets.map { dataset in
                Row(
                    method: method.name, dataset: dataset.name, lines: groups[[method.name, dataset.name]] ?? [],
                    flops: flops)
            }
        }
    }
}

import Decoding
import Support

/// What the rewards of an answer's steps say about whether it is right, for one method and data set.
struct RewardCalibration: Sendable, Equatable, Encodable {
    /// A number made of the rewards of an answer's steps; steps without a reward do not count.
    enum Measure: String, CaseIterable, Sendable, Encodable {
        case last, least, mean

        /// - Parameter rewards: at least one.
        func of(_ rewards: [Double]) -> Double {
            switch self {
            case .last: rewards[rewards.count - 1]
            case .least: rewards.min() ?? 0
            case .mean: rewards.reduce(0, +) / Double(rewards.count)
            }
        }
    }

    /// A measure, and how often answers are right where it has which value.
    struct Curve: Sendable, Equatable, Encodable {
        var measure: Measure
        /// See ``RankingQuality/auroc(_:)``; nil unless there are right and wrong answers.
        @Nulled var auroc: Double?
        /// By tenths of 0…1, from the lowest; empty ones are left out.
        var bins: [Bin] = []
    }

    /// The answers whose measure lies in one tenth of 0…1. The last tenth includes 1.
    struct Bin: Sendable, Equatable, Encodable {
        /// From 0.
        var tenth: Int
        /// Mean of the measure.
        var reward: Double
        var total: Int
        var correct: Int
        @Nulled var accuracy: Double?
        /// Ends of the accuracy's 95 % interval, as in ``Summary/Row``.
        @Nulled var accuracyLow: Double?
        @Nulled var accuracyHigh: Double?

        private enum CodingKeys: String, CodingKey {
            case tenth, reward, total, correct, accuracy
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
        }
    }

    var method: String
    var dataset: String
    /// Answers with a reward.
    var total: Int
    /// Right ones among them.
    var correct: Int
    var curves: [Curve]
}

extension RewardCalibration {
    /// - Parameter lines: of one method and data set. nil if no answer has a reward. Failed trajectories are no answers.
    init?(method: String, dataset: String, lines: [ResultLine]) {
        var judged: [(problem: String, isRight: Bool, rewards: [Double])] = []
        for line in lines where line.finish != .failed {
            let rewards = line.steps.compactMap(\.reward)
            if !rewards.isEmpty { judged.append((line.problem, line.correct, rewards)) }
        }
        guard !judged.isEmpty else { return nil }
        self.method = method
        self.dataset = dataset
        total = judged.count
        correct = judged.count(where: \.isRight)
        curves = Measure.allCases.map { measure in
            Curve(measure, judged.map { ($0.problem, $0.isRight, measure.of($0.rewards)) })
        }
    }
}

/// Whether an answer is right, and its measure.
private typealias Answer = (problem: String, isRight: Bool, value: Double)

extension RewardCalibration.Curve {
    private static let tenths = 10

    fileprivate init(_ measure: RewardCalibration.Measure, _ answers: [Answer]) {
        self.measure = measure
        auroc = RankingQuality.auroc(answers.map { (score: $0.value, isRight: $0.isRight) })
        let members = Dictionary(grouping: answers) {
            min(Self.tenths - 1, max(0, Int(bounding: ($0.value * Double(Self.tenths)).rounded(.down))))
        }
        bins = members.sorted { $0.key < $1.key }.map { RewardCalibration.Bin(tenth: $0.key, $0.value) }
    }
}

extension RewardCalibration.Bin {
    /// - Parameter answers: at least one.
    fileprivate init(tenth: Int, _ answers: [Answer]) {
        let share = ClusteredProportion(answers.lazy.map { ($0.problem, $0.isRight) })
        self.tenth = tenth
        reward = answers.reduce(0) { $0 + $1.value } / Double(answers.count)
        total = share.all.total
        correct = share.all.count
        accuracy = share.all.value
        accuracyLow = share.interval?.lowerBound
        accuracyHigh = share.interval?.upperBound
    }
}

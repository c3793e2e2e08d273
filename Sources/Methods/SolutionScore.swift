import Decoding
import SpecYAML

/// How the rewards of a solution's steps become its score: the setting `score` of every method that compares solutions.
enum SolutionScore: String, CaseIterable {
    case last, min, mean, product

    static let key = "score"

    /// The setting; search-and-learn calls the product `prod`.
    static func read(_ section: SpecSection) -> SolutionScore {
        section.value(key, default: .last) {
            $0.choice(among: allCases.map { ($0.rawValue, $0) } + [("prod", .product)])
        }
    }

    /// - Parameter rewards: of all steps, at least one.
    func of(_ rewards: [Double]) -> Double {
        switch self {
        case .last: rewards[rewards.count - 1]
        case .min: rewards.reduce(1) { Swift.min($0, $1) }
        case .mean: rewards.reduce(0, +) / Double(rewards.count)
        case .product: rewards.reduce(1, *)
        }
    }

    /// The score of a solution; nil if no step has a reward, or a step was too long for the PRM.
    func of(_ solution: Response) -> Double? {
        let rewards = solution.steps.compactMap(\.reward)
        return rewards.isEmpty || !solution.unscored.isEmpty ? nil : of(rewards)
    }
}

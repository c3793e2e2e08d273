import Foundation

/// The weighting function ω of the paper's Table 1: the probability of keeping a draft step with reward `r`.
package enum Weighting: Sendable, Hashable {
    /// ω(r) = p.
    case constant(p: Double)
    /// ω(r) = 1 when r ≥ threshold, else 0. Equality accepts. The paper's default, at 0.7.
    case binaryStep(threshold: Double)
    /// ω(r) = min(1, max(0, r)).
    case clipping
    /// ω(r) = max(0, r / (1 + r)): the paper's name for it; not the logistic sigmoid.
    case sigmoidal
    /// ω(r) = 1 / (1 + e^(−α(r − threshold))).
    case logistic(alpha: Double, threshold: Double)

    /// ω(r), in 0…1, for a reward in 0…1.
    package func weight(_ reward: Double) -> Double {
        switch self {
        case .constant(let p): p
        case .binaryStep(let threshold): reward >= threshold ? 1 : 0
        case .clipping: min(1, max(0, reward))
        case .sigmoidal: max(0, reward / (1 + reward))
        case .logistic(let alpha, let threshold): 1 / (1 + exp(-alpha * (reward - threshold)))
        }
    }

    /// Whether the reward alone decides, and nothing is drawn.
    package var isCertain: Bool {
        switch self {
        case .constant(let p): p == 0 || p == 1
        case .binaryStep: true
        case .clipping, .sigmoidal, .logistic: false
        }
    }

    /// Whether a step with this reward is kept. Without a reward (NaN), never.
    ///
    /// - Parameter uniform: a number in 0..<1, requested only if ω is neither 0 nor 1.
    package func accepts(reward: Double, uniform: () -> Double) -> Bool {
        if reward.isNaN { return false }
        let weight = weight(reward)
        if weight >= 1 { return true }
        if weight <= 0 { return false }
        return uniform() < weight
    }
}

import Support
import Decoding
import JobSpecs

/// What a plan assumes about models without a profile. A plan prints all of it.
struct Assumptions: Sendable, Equatable {
    /// Steps of a solution.
    var steps: PlanRange
    /// Tokens of a solution.
    var tokens: PlanRange
    /// Share of draft steps with a reward near 1; the others get any lower reward with equal probability.
    var goodSteps = PlanRange(low: 0.5, expected: 0.75, high: 0.92)
    /// Probability that a sampled step is the most likely one.
    var sameness = Self.usualSameness
    /// Tokens of a prompt per byte.
    var tokensPerByte = PlanRange(low: 0.2, expected: 0.28, high: 0.5)

    /// Short steps are more often identical than long ones.
    static let usualSameness = PlanRange(low: 0.95, expected: 0.3, high: 0)
    /// Lower bound of a reward near 1.
    static let goodReward = 0.85
    /// Problems differ: their steps and good steps deviate from the mean by up to this share of it.
    private static let spread = 0.4
    private static let variety = 32

    /// - Parameter thinks: whether the models think before they answer.
    init(_ decoding: DecodingSpec, thinks: Bool = false) {
        let limit = Double(decoding.maxTokens)
        tokens = PlanRange(low: 0.1 * limit, expected: min(0.3 * limit, 450), high: min(0.6 * limit, 1200))
        tokens.low = min(tokens.low, 150)
        let most = Double(decoding.maxSteps)
        if thinks {
            tokens = PlanRange(
                low: min(1000, 0.5 * limit), expected: min(4000, 0.7 * limit), high: min(12000, 0.95 * limit))
            steps = PlanRange(low: min(25, most), expected: min(100, most), high: min(300, most))
            return
        }
        steps = PlanRange(low: min(3, most), expected: min(6, most), high: min(14, most))
    }

    /// The cases to simulate: the expected one first, then combinations of the ends.
    var cases: [WorkloadModel] {
        let ends: [KeyPath<PlanRange, Double>] = [\.low, \.high]
        let corners = ends.flatMap { step in
            ends.flatMap { token in ends.map { good in workload(step, token, good) } }
        }
        return [workload(\.expected, \.expected, \.expected)] + corners
    }

    private func workload(
        _ step: KeyPath<PlanRange, Double>, _ token: KeyPath<PlanRange, Double>, _ good: KeyPath<PlanRange, Double>
    ) -> WorkloadModel {
        let (mean, written) = (steps[keyPath: step], tokens[keyPath: token])
        let usual = (0..<Self.variety).map { number in
            // Harder problems take more steps, and fewer of them are good.
            let hardness = 2 * (Double(number) + 0.5) / Double(Self.variety) - 1
            let steps = max(1, mean * (1 + Self.spread * hardness))
            let failing = (1 - goodSteps[keyPath: good]) * (1 + Self.spread * hardness)
            let perStep = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, max(1, written / mean)) })
            return ProblemProfile(
                steps: steps, stepTokens: perStep, promptTokens: [:], rewards: [Self.rewards(failing: failing)])
        }
        return WorkloadModel(
            usual: usual, sameness: sameness[keyPath: token], tokensPerByte: tokensPerByte[keyPath: token])
    }

    private static func rewards(failing: Double) -> [Double] {
        let count = 40
        let bad = Int((failing * Double(count)).rounded())
        let low = (0..<bad).map { goodReward * (Double($0) + 0.5) / Double(bad) }
        let good = (bad..<count).map { goodReward + (1 - goodReward) * Double($0 - bad) / Double(count - bad) }
        return low + good
    }
}

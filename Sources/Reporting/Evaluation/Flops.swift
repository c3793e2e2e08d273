import Decoding
import RunStore

/// Floating-point operations, by the usual estimate of 2 per weight and token. nil if a model with tokens has an unknown
/// number of weights.
package struct Flops: Sendable {
    private let parameters: [Role: Int]

    /// - Parameter parameters: weights per token of each model, where known.
    package init(parameters: [Role: Int]) {
        self.parameters = parameters
    }

    private func sum(_ work: [(role: Role, tokens: [Int])]) -> Double? {
        var sum = 0.0
        for (role, tokens) in work {
            let count = tokens.reduce(0) { $0 + Double($1) }
            guard count > 0 else { continue }
            guard let weights = parameters[role] else { return nil }
            sum += 2 * Double(weights) * count
        }
        return sum
    }

    /// As the paper counts: tokens that a step-at-a-time run writes or judges, each once; no prompts, no look-ahead.
    package func paper(_ tokens: TokenCounts) -> Double? {
        sum([
            (.draft, [tokens.draft.kept, tokens.draft.rejected]),
            (.target, [tokens.target.kept, tokens.target.rejected, tokens.target.judged]),
            (.prm, [tokens.prm.judged]),
        ])
    }

    /// As spent: every token that a request read or wrote, including look-ahead and prompts read again.
    package func spent(_ tokens: TokenCounts) -> Double? {
        sum([
            (.draft, [tokens.draft.prompt, tokens.draft.generated]),
            (.target, [tokens.target.prompt, tokens.target.generated]), (.prm, [tokens.prm.prompt]),
        ])
    }

    /// The addition of a speculator to its model's own tokens: the draft writes the proposals, and the target reads those that it
    /// rejects.
    package func speculation(_ tokens: RunFigures.Speculation) -> Double? {
        sum([(.draft, [tokens.proposed]), (.target, [max(0, tokens.proposed.plus(-tokens.accepted))])])
    }
}

/// The formulas of ``Flops`` as text. N is a model's number of weights; for a mixture of experts, the active ones.
package struct FlopsFormula: Sendable, Equatable, Codable {
    package var paper = "2 (N_draft (kept + rejected) + N_target (kept + rejected + judged) + N_prm judged)"
    package var spent = "2 (N_draft (prompt + kept + rejected + look-ahead) + N_target (the same) + N_prm read)"

    package init() {}
}

import Decoding
import RunStore

/// Floating-point operations by the usual estimate: 2 for each weight and token. They are nil where a model had tokens whose
/// weights are not known.
package struct Flops: Sendable {
    private let parameters: [Role: Int]

    /// - Parameter parameters: weights that a token meets, of each model where they are known.
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

    /// As the paper counts: tokens that a step-at-a-time run writes or judges, each once; prompts and look-ahead left out.
    package func paper(_ tokens: TokenCounts) -> Double? {
        sum([
            (.draft, [tokens.draft.kept, tokens.draft.rejected]),
            (.target, [tokens.target.kept, tokens.target.rejected]),
            (.prm, [tokens.prm.judged]),
        ])
    }

    /// As spent here: every token that a request read or wrote, look-ahead and prompts read again included.
    package func spent(_ tokens: TokenCounts) -> Double? {
        sum([
            (.draft, [tokens.draft.prompt, tokens.draft.generated]),
            (.target, [tokens.target.prompt, tokens.target.generated]), (.prm, [tokens.prm.prompt]),
        ])
    }

    /// What a speculator adds to its model's own tokens: the draft writes what it proposes, and the target reads in vain what it
    /// does not take.
    package func speculation(_ tokens: RunFigures.Speculation) -> Double? {
        sum([(.draft, [tokens.proposed]), (.target, [max(0, tokens.proposed.plus(-tokens.accepted))])])
    }
}

/// ``Flops`` in words, for those who read the numbers. N is a model's number of weights, of a mixture of experts those that a token meets.
package struct FlopsFormula: Sendable, Equatable, Codable {
    package var paper = "2 (N_draft (kept + rejected) + N_target (kept + rejected) + N_prm judged)"
    package var spent = "2 (N_draft (prompt + kept + rejected + look-ahead) + N_target (the same) + N_prm read)"

    package init() {}
}

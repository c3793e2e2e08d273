/// Floating-point operations by the usual estimate: 2 for each weight and token.
public struct Flops: Sendable {
    public var draft = 0
    public var target = 0
    public var prm = 0

    /// - Parameter parameters: weights of each model.
    public init(parameters: [Role: Int]) {
        draft = parameters[.draft] ?? 0
        target = parameters[.target] ?? 0
        prm = parameters[.prm] ?? 0
    }

    /// As the paper counts: tokens that a step-at-a-time run writes or judges, each once; prompts and look-ahead left out.
    public func paper(_ tokens: TokenCounts) -> Double {
        2
            * (Double(draft) * Double(tokens.draft.kept + tokens.draft.rejected)
                + Double(target) * Double(tokens.target.kept + tokens.target.rejected)
                + Double(prm) * Double(tokens.prm.judged))
    }

    /// As spent here: every token that a request read or wrote, look-ahead and prompts read again included.
    public func spent(_ tokens: TokenCounts) -> Double {
        2
            * (Double(draft) * Double(tokens.draft.prompt + tokens.draft.generated)
                + Double(target) * Double(tokens.target.prompt + tokens.target.generated)
                + Double(prm) * Double(tokens.prm.prompt))
    }

    /// What a speculator adds to its model's own tokens: the draft writes what it proposes, and the target reads in vain what it
    /// does not take.
    public func speculation(_ tokens: RunFigures.Speculation) -> Double {
        2
            * (Double(draft) * Double(tokens.proposed)
                + Double(target) * Double(tokens.proposed - tokens.accepted))
    }
}

/// ``Flops`` in words, for those who read the numbers. N is a model's number of weights.
public struct FlopsFormula: Sendable, Equatable, Codable {
    public var paper = "2 (N_draft (kept + rejected) + N_target (kept + rejected) + N_prm judged)"
    public var spent = "2 (N_draft (prompt + kept + rejected + look-ahead) + N_target (the same) + N_prm read)"

    public init() {}
}

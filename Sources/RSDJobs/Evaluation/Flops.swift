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
                + Double(target) * Double(tokens.target.kept)
                + Double(prm) * Double(tokens.prm.judged))
    }

    /// As spent here: every token that a request read or wrote, look-ahead and prompts read again included.
    public func spent(_ tokens: TokenCounts) -> Double {
        2
            * (Double(draft) * Double(tokens.draft.prompt + tokens.draft.generated)
                + Double(target) * Double(tokens.target.prompt + tokens.target.generated)
                + Double(prm) * Double(tokens.prm.prompt))
    }
}

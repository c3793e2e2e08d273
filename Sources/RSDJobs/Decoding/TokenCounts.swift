import ModelLifecycle

/// Tokens by the model that handled them and by what became of them.
public struct TokenCounts: Sendable, Equatable, Codable {
    /// Tokens of a model that writes, in its own tokenizer's count.
    public struct Written: Sendable, Equatable, Codable {
        /// Part of the final response.
        @Counted public var kept = 0
        /// Steps that the PRM's reward rejected.
        @Counted public var rejected = 0
        /// Written ahead of the verdict and never used: what draft-ahead costs over step-at-a-time.
        @Counted public var lookahead = 0
        /// Read as prompt, over all requests.
        @Counted public var prompt = 0

        public var generated: Int { kept + rejected + lookahead }
    }

    /// Tokens of a model that only reads.
    public struct Read: Sendable, Equatable, Codable {
        /// Of draft steps on which a verdict was passed, each counted once.
        @Counted public var judged = 0
        /// Read as input, over all requests.
        @Counted public var prompt = 0
    }

    public var draft = Written()
    public var target = Written()
    public var prm = Read()

    public init() {}

    subscript(writer role: Role) -> Written {
        get { role == .draft ? draft : target }
        set { if role == .draft { draft = newValue } else { target = newValue } }
    }

    public static func += (left: inout TokenCounts, right: TokenCounts) {
        left.draft += right.draft
        left.target += right.target
        left.prm.judged += right.prm.judged
        left.prm.prompt += right.prm.prompt
    }
}

extension TokenCounts.Written {
    public static func += (left: inout Self, right: Self) {
        left.kept += right.kept
        left.rejected += right.rejected
        left.lookahead += right.lookahead
        left.prompt += right.prompt
    }
}

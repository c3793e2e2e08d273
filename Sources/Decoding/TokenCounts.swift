import Support

/// Tokens by the model that handled them and by what became of them.
package struct TokenCounts: Sendable, Equatable, Codable {
    /// Tokens of a model that writes, in its own tokenizer's count.
    package struct Written: Sendable, Equatable, Codable {
        /// Part of the final response.
        @Counted package var kept = 0
        /// Steps that the PRM's reward rejected.
        @Counted package var rejected = 0
        /// Written ahead of the verdict and never used: what draft-ahead costs over step-at-a-time.
        @Counted package var lookahead = 0
        /// Read as prompt, over all requests.
        @Counted package var prompt = 0

        package var generated: Int { kept + rejected + lookahead }
    }

    /// Tokens of a model that only reads.
    package struct Read: Sendable, Equatable, Codable {
        /// Of draft steps on which a verdict was passed, each counted once.
        @Counted package var judged = 0
        /// Read as input, over all requests.
        @Counted package var prompt = 0
    }

    package var draft = Written()
    package var target = Written()
    package var prm = Read()

    package init() {}

    package subscript(writer role: Role) -> Written {
        get { role == .draft ? draft : target }
        set { if role == .draft { draft = newValue } else { target = newValue } }
    }

    package static func += (left: inout TokenCounts, right: TokenCounts) {
        left.draft += right.draft
        left.target += right.target
        left.prm.judged += right.prm.judged
        left.prm.prompt += right.prm.prompt
    }
}

extension TokenCounts.Written {
    package static func += (left: inout Self, right: Self) {
        left.kept += right.kept
        left.rejected += right.rejected
        left.lookahead += right.lookahead
        left.prompt += right.prompt
    }
}

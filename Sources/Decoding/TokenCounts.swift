import Support

/// Tokens by model and by outcome.
package struct TokenCounts: Sendable, Equatable, Codable {
    /// Tokens of a model that writes, counted by its own tokenizer.
    package struct Written: Sendable, Equatable, Codable {
        /// In the final response.
        @Counted package var kept = 0
        /// In steps that the PRM rejected.
        @Counted package var rejected = 0
        /// Written before a verdict and never used: the cost of draft-ahead over step-at-a-time.
        @Counted package var lookahead = 0
        /// Read as prompt, over all requests.
        @Counted package var prompt = 0
        /// In draft steps that it judged, by a score or by how likely it found them, each counted once.
        @CountedIfAny package var judged = 0

        package var generated: Int { kept + rejected + lookahead }

        package func encode(to encoder: any Encoder) throws {
            try JSONFields.write(to: encoder) {
                if judged != 0 { try $0.add("judged", judged) }
                try $0.add("kept", kept)
                try $0.add("lookahead", lookahead)
                try $0.add("prompt", prompt)
                try $0.add("rejected", rejected)
            }
        }
    }

    /// Tokens of a model that only reads.
    package struct Read: Sendable, Equatable, Codable {
        /// In draft steps that got a verdict, each counted once.
        @Counted package var judged = 0
        /// Read as input, over all requests.
        @Counted package var prompt = 0

        package func encode(to encoder: any Encoder) throws {
            try JSONFields.write(to: encoder) {
                try $0.add("judged", judged)
                try $0.add("prompt", prompt)
            }
        }
    }

    package var draft = Written()
    package var target = Written()
    package var prm = Read()

    package init() {}

    package func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("draft", draft)
            try $0.add("prm", prm)
            try $0.add("target", target)
        }
    }

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
        left.judged += right.judged
        left.prompt += right.prompt
    }
}

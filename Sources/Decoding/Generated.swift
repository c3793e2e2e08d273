import Support

/// An engine's response to a ``Generation``, split into steps.
package struct Generated: Sendable, Equatable {
    package var role: Role
    /// At least one. All but the last end with the delimiter; only the last may be empty. ``Trajectory`` rejects any
    /// others.
    package var steps: [StepText]
    /// How the last of them ended.
    package var end: StepEnd
    /// Tokens that the engine read as prompt.
    package var promptTokens: Int
    /// Number of leading steps that step-at-a-time decoding would also have produced. After them, the model continued
    /// from other tokens than step-at-a-time would send. nil if all steps qualify, or it does not matter.
    package var seam: Int?
    /// Tokens written after these steps, until the model was stopped; nil if it ended by itself, and these are all its steps.
    package var beyond: Int?
    /// The candidate of the ``Generation``.
    package var candidate: Int

    package init(
        role: Role, steps: [StepText], end: StepEnd, promptTokens: Int, seam: Int? = nil, beyond: Int? = nil,
        candidate: Int = 0
    ) {
        self.seam = seam
        self.beyond = beyond
        self.candidate = candidate
        self.role = role
        self.steps = steps
        self.end = end
        self.promptTokens = promptTokens
    }

    /// Tokens of all steps.
    package var tokens: Int { steps.reduce(0) { $0 + $1.tokens } }

    /// Number of steps that step-at-a-time would have produced, apart from the limits of the response.
    package func usableSteps(within limits: Limits) -> Int {
        let written = seam ?? steps.count
        // The limit of one request cut a step that would have had a request of its own.
        guard case .call = limits.tokens, end == .maxTokens else { return written }
        return min(written, max(1, steps.count - 1))
    }

    /// The first steps of it, as if the model had been stopped after them.
    package func first(_ count: Int) -> Generated {
        var part = self
        part.steps = Array(steps.prefix(count))
        part.end = .delimiter
        part.seam = nil
        part.beyond = tokens - part.tokens + (beyond ?? 0)
        return part
    }
}

extension Generated {
    /// Checks how the steps are split.
    ///
    /// - Throws: ``UnexpectedEvent`` if it is wrong.
    func checkSteps(delimiter: String) throws {
        let splitter = StepSplitter(delimiter: delimiter)
        let complete = end == .delimiter ? steps[...] : steps.dropLast()
        guard !steps.isEmpty, complete.allSatisfy({ splitter.endsWithDelimiter($0.text) }),
            seam.map((1...steps.count).contains) ?? true, beyond == nil || end == .delimiter
        else {
            throw UnexpectedEvent(
                description: "\(role.rawValue) returned steps that are not split at the delimiter: "
                    + "\(steps.map(\.text)), ended by \(end.rawValue)")
        }
    }
}

/// Generated text and the number of its tokens, counted by the model that wrote it.
package struct StepText: Sendable, Equatable, Codable {
    package var text: String
    @Counted package var tokens: Int
    /// Of these tokens, and of the one that ended the response if it is the last step; nil unless asked for.
    package var likelihoods: TokenLikelihoods?

    package init(text: String, tokens: Int, likelihoods: TokenLikelihoods? = nil) {
        self.text = text
        self.tokens = tokens
        self.likelihoods = likelihoods
    }

    package func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("likelihoods", ifAny: likelihoods)
            try $0.add("text", text)
            try $0.add("tokens", tokens)
        }
    }
}

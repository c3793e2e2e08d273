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
    /// The candidate of the ``Generation``.
    package var candidate: Int

    package init(
        role: Role, steps: [StepText], end: StepEnd, promptTokens: Int, seam: Int? = nil, candidate: Int = 0
    ) {
        self.seam = seam
        self.candidate = candidate
        self.role = role
        self.steps = steps
        self.end = end
        self.promptTokens = promptTokens
    }

    /// Tokens of all steps.
    package var tokens: Int { steps.reduce(0) { $0 + $1.tokens } }
}

extension Generated {
    /// Checks how the steps are split.
    ///
    /// - Throws: ``UnexpectedEvent`` if it is wrong.
    func checkSteps(delimiter: String) throws {
        let splitter = StepSplitter(delimiter: delimiter)
        let complete = end == .delimiter ? steps[...] : steps.dropLast()
        guard !steps.isEmpty, complete.allSatisfy({ splitter.endsWithDelimiter($0.text) }),
            seam.map((1...steps.count).contains) ?? true
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

    package init(text: String, tokens: Int) {
        self.text = text
        self.tokens = tokens
    }
}

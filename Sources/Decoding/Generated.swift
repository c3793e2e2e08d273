import Support

/// An engine's answer to a ``Generation``, cut into steps.
package struct Generated: Sendable, Equatable {
    package var role: Role
    /// At least one. All but the last end with the delimiter; only the last may be empty. ``Trajectory`` takes no others.
    package var steps: [StepText]
    /// How the last of them ended.
    package var end: StepEnd
    /// Tokens that the engine read as prompt.
    package var promptTokens: Int
    /// How many of the first steps step-at-a-time would have come to as well: after them the model went on from other tokens
    /// than it would be shown there. nil where that is true of all, or does not matter.
    package var seam: Int?
    /// As the ``Generation`` had it.
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

    /// Of all its steps.
    package var tokens: Int { steps.reduce(0) { $0 + $1.tokens } }
}

extension Generated {
    /// Makes sure that the steps are cut as promised.
    ///
    /// - Throws: ``UnexpectedEvent`` where they are not.
    func checkSteps(delimiter: String) throws {
        let splitter = StepSplitter(delimiter: delimiter)
        let complete = end == .delimiter ? steps[...] : steps.dropLast()
        guard !steps.isEmpty, complete.allSatisfy({ splitter.endsWithDelimiter($0.text) }),
            seam.map((1...steps.count).contains) ?? true
        else {
            throw UnexpectedEvent(
                description: "\(role.rawValue) answered with steps that are not cut at the delimiter: "
                    + "\(steps.map(\.text)), ended by \(end.rawValue)")
        }
    }
}

/// A stretch of generated text and the tokens it took its writer.
package struct StepText: Sendable, Equatable, Codable {
    package var text: String
    @Counted package var tokens: Int

    package init(text: String, tokens: Int) {
        self.text = text
        self.tokens = tokens
    }
}

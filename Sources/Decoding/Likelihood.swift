/// A request for how likely a model finds the last steps of a solution, from one pass over it. Nothing is written.
package struct LikelihoodRequest: Sendable, Equatable {
    /// The model that reads them: one that writes.
    package var role: Role
    /// Texts of all steps so far.
    package var steps: [String]
    /// Index into ``steps`` of the first step that is asked about; those after it are, too.
    package var first: Int
    /// Whether the response ends with the last step: the token that ends it is then read as one of its tokens.
    package var isEnded: Bool
    /// Index of the candidate among those read in parallel.
    package var candidate: Int

    package init(role: Role, steps: [String], first: Int, isEnded: Bool, candidate: Int = 0) {
        self.role = role
        self.steps = steps
        self.first = first
        self.isEnded = isEnded
        self.candidate = candidate
    }
}

/// A model's response to a ``LikelihoodRequest``.
package struct Likelihood: Sendable, Equatable {
    package var role: Role
    /// One per step that was asked about.
    package var steps: [TokenLikelihoods]
    /// Tokens that the model read.
    package var promptTokens: Int
    /// The candidate of the ``LikelihoodRequest``.
    package var candidate: Int

    package init(role: Role, steps: [TokenLikelihoods], promptTokens: Int, candidate: Int = 0) {
        self.role = role
        self.steps = steps
        self.promptTokens = promptTokens
        self.candidate = candidate
    }

    /// Checks that it answers a request.
    ///
    /// - Throws: ``UnexpectedEvent`` if it does not.
    package func check(_ wanted: LikelihoodRequest) throws {
        guard steps.count == wanted.steps.count - wanted.first, role == wanted.role else {
            throw UnexpectedEvent(
                description: "\(wanted.role.rawValue) was asked about \(wanted.steps.count - wanted.first) steps, but "
                    + "\(role.rawValue) answered about \(steps.count)")
        }
    }
}

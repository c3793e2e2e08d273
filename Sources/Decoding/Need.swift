/// What a trajectory waits for next; it may have several needs at once.
package enum Need: Sendable, Equatable {
    case generate(Generation)
    case score(Scoring)
    case likelihood(LikelihoodRequest)

    /// The model that can meet the need.
    package var role: Role {
        switch self {
        case .generate(let generation): generation.role
        case .score(let scoring): scoring.role
        case .likelihood(let likelihood): likelihood.role
        }
    }

    /// Index of the candidate among those written in parallel; 0 if there is only one.
    package var candidate: Int {
        switch self {
        case .generate(let generation): generation.candidate
        case .score(let scoring): scoring.candidate
        case .likelihood(let likelihood): likelihood.candidate
        }
    }

    /// The need, sampled in this way if it does not say how.
    func sampled(_ sampling: Sampling) -> Need {
        guard case .generate(var generation) = self, generation.sampling == nil else { return self }
        generation.sampling = sampling
        return .generate(generation)
    }
}

/// Sampling settings of a request.
package struct Sampling: Sendable, Hashable {
    package var temperature: Double
    package var topP: Double

    package init(temperature: Double, topP: Double) {
        self.temperature = temperature
        self.topP = topP
    }

    /// Whether the most likely token is taken: then nothing is drawn, and `topP` has no effect.
    package var isGreedy: Bool { temperature == 0 }

    /// Whether an engine draws from the same tokens with the same probabilities.
    package func draws(like other: Sampling) -> Bool { self == other || isGreedy && other.isGreedy }
}

/// What the response to a ``Generation`` tells of its tokens, in ``StepText/likelihoods``.
package enum Detail: Int, Sendable, Comparable, CaseIterable {
    /// Nothing.
    case text
    /// Log-probabilities of the tokens that were written.
    case logprobs
    /// And how the likeliest tokens at each place compare: entropies and margins.
    case spread

    package static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
}

/// A request for text that continues the prompt and `steps`.
package struct Generation: Sendable, Equatable {
    package var role: Role
    /// Texts of the steps so far, including drafts that wait for a verdict.
    package var steps: [String]
    /// Whether to stop at the first delimiter instead of writing the solution to its end.
    package var stopsAtDelimiter: Bool
    /// Limit on the tokens to write.
    package var maxTokens: Int
    /// When the steps written so far are enough, so that the model may be stopped; nil if it must end by itself. Makes no
    /// difference to the request.
    package var lookahead: Lookahead?
    /// nil for the trajectory's.
    package var sampling: Sampling?
    /// What the response tells of its tokens. One that tells more serves too.
    package var detail: Detail
    /// Index of the candidate among those written in parallel.
    package var candidate = 0

    package init(
        role: Role, steps: [String], stopsAtDelimiter: Bool, maxTokens: Int, lookahead: Lookahead? = nil,
        sampling: Sampling? = nil, detail: Detail = .text, candidate: Int = 0
    ) {
        self.detail = detail
        self.role = role
        self.lookahead = lookahead
        self.steps = steps
        self.stopsAtDelimiter = stopsAtDelimiter
        self.maxTokens = maxTokens
        self.sampling = sampling
        self.candidate = candidate
    }
}

/// How a score from 0 to 9 comes from the one token in which a model gives it.
package enum DigitReading: String, Sendable, CaseIterable {
    /// The digit that it wrote; 0 if it wrote anything else.
    case greedy
    /// The mean of the digits among the likeliest tokens, weighted by probability; 0 without any.
    case average
}

/// A request for the rewards of some steps of a solution, all from one pass.
package struct Scoring: Sendable, Equatable {
    /// The model that judges: the PRM, or one that writes and judges by itself.
    package var role: Role
    /// Texts of all steps so far.
    package var steps: [String]
    /// Indices into ``steps`` of those without a reward, ascending.
    package var unscored: [Int]
    /// The first step that waits for a verdict. Earlier ones are already accepted: their rewards are only recorded.
    package var undecided: Int
    /// Index of the candidate among those written in parallel.
    package var candidate: Int
    /// How the digit is read with which a model that writes judges; a PRM gives none.
    package var digit: DigitReading?

    /// - Parameter undecided: by default, the first of the unscored steps.
    package init(
        role: Role = .prm, steps: [String], unscored: [Int], undecided: Int? = nil, candidate: Int = 0,
        digit: DigitReading? = nil
    ) {
        self.role = role
        self.digit = digit
        self.steps = steps
        self.unscored = unscored
        self.undecided = undecided ?? unscored.first ?? steps.count
        self.candidate = candidate
    }
}

/// What a trajectory needs next, or one of the things that it needs side by side.
package enum Need: Sendable, Equatable {
    case generate(Generation)
    case score(Scoring)
    case nothing(Finish)

    /// The model that can meet the need.
    package var role: Role? {
        switch self {
        case .generate(let generation): generation.role
        case .score: .prm
        case .nothing: nil
        }
    }

    /// Which of the candidates that are written side by side it is for; 0 where there is one.
    package var candidate: Int {
        switch self {
        case .generate(let generation): generation.candidate
        case .score(let scoring): scoring.candidate
        case .nothing: 0
        }
    }
}

/// How a model draws its tokens.
package struct Sampling: Sendable, Hashable {
    package var temperature: Double
    package var topP: Double

    package init(temperature: Double, topP: Double) {
        self.temperature = temperature
        self.topP = topP
    }
}

/// A request for text that continues the prompt and `steps`.
package struct Generation: Sendable, Equatable {
    package var role: Role
    /// Texts of the steps so far, drafts that await their verdict included.
    package var steps: [String]
    /// Stop at the first delimiter, or write on to the end of the solution.
    package var stopsAtDelimiter: Bool
    /// Tokens that may be written.
    package var maxTokens: Int
    /// nil is the job's own.
    package var sampling: Sampling?
    /// Which of the candidates that are written side by side it is for.
    package var candidate = 0

    package init(
        role: Role, steps: [String], stopsAtDelimiter: Bool, maxTokens: Int, sampling: Sampling? = nil,
        candidate: Int = 0
    ) {
        self.role = role
        self.steps = steps
        self.stopsAtDelimiter = stopsAtDelimiter
        self.maxTokens = maxTokens
        self.sampling = sampling
        self.candidate = candidate
    }
}

/// A request for the rewards of some of the steps of a solution, all from one pass over it.
package struct Scoring: Sendable, Equatable {
    /// Texts of all steps so far.
    package var steps: [String]
    /// Which of them have no reward yet: indices into ``steps``, ascending.
    package var unscored: [Int]
    /// The first step that awaits its verdict. Those before it are taken already: their rewards are for the log alone.
    package var undecided: Int
    /// Which of the candidates that are written side by side it is for.
    package var candidate: Int

    /// - Parameter undecided: nil is the first of the unscored steps.
    package init(steps: [String], unscored: [Int], undecided: Int? = nil, candidate: Int = 0) {
        self.steps = steps
        self.unscored = unscored
        self.undecided = undecided ?? unscored.first ?? steps.count
        self.candidate = candidate
    }
}

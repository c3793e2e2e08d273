import ModelLifecycle

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

/// What happened to a trajectory. The journal is the list of these; replaying them gives the trajectory back.
package enum Event: Sendable, Equatable {
    case generated(Generated)
    case scored(Scored)
    case failed(reason: String)
    /// A failure is forgiven, by the user's wish: the trajectory goes on from where it stood.
    case retried

    /// Whether a model answered.
    var isAnswer: Bool {
        switch self {
        case .generated, .scored: true
        case .failed, .retried: false
        }
    }

    /// Whether it may be the answer to a need.
    func answers(_ need: Need) -> Bool {
        switch (self, need) {
        case (.generated(let answer), .generate(let wanted)):
            answer.role == wanted.role && answer.candidate == wanted.candidate
        case (.scored(let answer), .score(let wanted)): answer.candidate == wanted.candidate
        default: false
        }
    }

    /// The candidate that it is about; see ``Need/candidate``.
    package var candidate: Int {
        get {
            switch self {
            case .generated(let answer): answer.candidate
            case .scored(let answer): answer.candidate
            case .failed, .retried: 0
            }
        }
        set {
            switch self {
            case .generated(var answer):
                answer.candidate = newValue
                self = .generated(answer)
            case .scored(var answer):
                answer.candidate = newValue
                self = .scored(answer)
            case .failed, .retried: break
            }
        }
    }
}

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

/// A PRM's answer to a ``Scoring``.
package struct Scored: Sendable, Equatable {
    /// One for each unscored step that is not ``overlong``, in 0…1. Anything else is an error, and never read as a low
    /// reward.
    package var rewards: [Double]
    /// Tokens of each of those steps, in the PRM's count.
    package var tokens: [Int]
    /// Tokens that the PRM read for all of this.
    package var promptTokens: Int
    /// How many of the oldest steps were left out of what the PRM read for each of those steps; empty where none was.
    package var dropped: [Int]
    /// Those of the unscored steps, by their index, that do not fit into the PRM's context and so have no reward: never the
    /// one that is up for its verdict.
    package var overlong: [Int]
    /// As the ``Scoring`` had it.
    package var candidate: Int

    package init(
        rewards: [Double], tokens: [Int], promptTokens: Int, dropped: [Int] = [], overlong: [Int] = [],
        candidate: Int = 0
    ) {
        self.candidate = candidate
        self.rewards = rewards
        self.tokens = tokens
        self.promptTokens = promptTokens
        self.dropped = dropped
        self.overlong = overlong
    }
}

extension Scored {
    /// What the PRM said of one step.
    struct Verdict: Equatable {
        var reward: Double
        /// Of the step, in the PRM's count.
        var tokens: Int
        /// Oldest steps that the PRM did not see, or nil where it saw all.
        var dropped: Int?
    }

    /// The verdicts by step; a step without one is overlong.
    ///
    /// - Throws: ``UnexpectedEvent`` where this is no answer to the question.
    func verdicts(on wanted: Scoring) throws -> [Int: Verdict] {
        guard overlong.allSatisfy(wanted.unscored.contains), Set(overlong).count == overlong.count,
            !overlong.contains(wanted.undecided), rewards.count + overlong.count == wanted.unscored.count,
            tokens.count == rewards.count,
            dropped.isEmpty || dropped.count == rewards.count
        else {
            throw UnexpectedEvent(
                description: "\(wanted.unscored.count) steps were to be scored, "
                    + "and \(rewards.count) rewards came back"
                    + (overlong.isEmpty ? "" : ", with \(overlong.count) steps too long for the PRM"))
        }
        guard rewards.allSatisfy((0...1).contains) else {
            throw UnexpectedEvent(description: "rewards are in 0…1; got \(rewards)")
        }
        let scored = wanted.unscored.filter { !overlong.contains($0) }
        return Dictionary(
            uniqueKeysWithValues: scored.enumerated().map { place, step in
                let dropped = dropped.isEmpty ? 0 : dropped[place]
                return (
                    step,
                    Verdict(reward: rewards[place], tokens: tokens[place], dropped: dropped == 0 ? nil : dropped)
                )
            })
    }
}

/// An event that does not answer what the trajectory needed.
package struct UnexpectedEvent: Error, CustomStringConvertible {
    package var description: String
}

/// What bounds a response.
package struct Limits: Sendable, Equatable {
    /// Ends a step and belongs to it.
    package var delimiter: String
    package var tokens: TokenLimit
    package var maxSteps: Int

    package init(delimiter: String, tokens: TokenLimit, maxSteps: Int) {
        self.delimiter = delimiter
        self.tokens = tokens
        self.maxSteps = maxSteps
    }

    package init(delimiter: String, maxTokens: Int, maxSteps: Int) {
        self.init(delimiter: delimiter, tokens: .response(maxTokens), maxSteps: maxSteps)
    }
}

/// How the tokens of a response are limited.
package enum TokenLimit: Sendable, Hashable {
    /// Tokens of the whole response, each counted by the model that wrote it: `max_tokens`.
    case response(Int)
    /// Tokens that one request may write. A method that goes step by step also ends the response after the step with which
    /// prompt and response together have so many, counted by that step's writer: `max_tokens_per_call` of the authors' code
    /// (BaohaoLiao/RSD, `main_online.py`).
    case call(Int)

    /// The number of tokens.
    package var count: Int {
        switch self {
        case .response(let count), .call(let count): count
        }
    }

    /// Whether a response goes no further.
    ///
    /// - Parameters:
    ///   - kept: tokens of the response.
    ///   - length: tokens of prompt and response; nil in a method that does not go step by step.
    func isReached(kept: Int, length: Int?) -> Bool {
        switch self {
        case .response(let count): kept >= count
        case .call(let count): (length ?? kept) >= count
        }
    }
}

/// How the text of a step came to its end.
package enum StepEnd: String, Sendable, Codable {
    /// The delimiter was written; the response may go on.
    case delimiter
    /// The model ended the response.
    case eos
    /// The token limit of the response cut it.
    case maxTokens = "max_tokens"
    /// The model's context was full.
    case context
}

/// Why a trajectory is over. Only ``eos`` means that a model ended its answer.
package enum Finish: String, Sendable, Codable {
    case eos
    case maxTokens = "max_tokens"
    case maxSteps = "max_steps"
    case context
    case failed
}

/// A step of the response: text up to and including the delimiter, or up to the end.
package struct Step: Sendable, Equatable, Codable {
    package var text: String
    /// The model that wrote it: ``Role/draft`` or ``Role/target``.
    package var origin: Role
    /// The PRM's reward in 0…1, or nil where it was never scored.
    package var reward: Double?
    /// How many of the oldest steps the PRM did not see for this reward, because its context was too short for them; nil
    /// where it saw all.
    package var dropped: Int?
    /// The draft step that this step of the target replaced.
    package var rejected: RejectedStep?
    /// The other candidates for this step, of a method that chooses between some.
    package var alternatives: [Alternative]?

    package init(
        text: String, origin: Role, reward: Double? = nil, dropped: Int? = nil, rejected: RejectedStep? = nil,
        alternatives: [Alternative]? = nil
    ) {
        self.alternatives = alternatives
        self.text = text
        self.origin = origin
        self.reward = reward
        self.dropped = dropped
        self.rejected = rejected
    }

    private enum CodingKeys: String, CodingKey { case text, origin, reward, dropped, rejected, alternatives }

    /// Writes a missing reward as null: "never scored" is a fact of its own.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(text, forKey: .text)
        try object.encode(origin, forKey: .origin)
        try object.encode(reward, forKey: .reward)
        try object.encodeIfPresent(dropped, forKey: .dropped)
        try object.encodeIfPresent(rejected, forKey: .rejected)
        try object.encodeIfPresent(alternatives, forKey: .alternatives)
    }
}

/// A draft step that was put to the threshold and fell.
package struct RejectedStep: Sendable, Equatable, Codable {
    package var text: String
    package var reward: Double
    /// As ``Step/dropped``.
    package var dropped: Int?
}

/// A step that could have been taken in place of another.
package struct Alternative: Sendable, Equatable, Codable {
    package var text: String
    /// The PRM's reward in 0…1, or nil where it has none.
    package var reward: Double?
}

/// The part of a trajectory that every method shares: the steps taken so far, and whether it is over.
package struct Response: Sendable, Equatable {
    package let limits: Limits
    package private(set) var steps: [Step] = []
    package private(set) var finish: Finish?
    /// Why it failed, when ``finish`` is ``Finish/failed``.
    package private(set) var failure: String?
    /// Tokens of the text that was kept.
    package private(set) var keptTokens = 0
    /// Every token that was paid for, kept or not.
    package var tokens = TokenCounts()
    /// Waves in which this trajectory was worked on.
    package var waves = 0
    /// On draft steps that were put to a threshold; nil for methods that have none.
    package var verdicts: Verdicts?
    /// The solutions that were to choose from, of a method that chooses between whole ones.
    package var candidates: [Candidate]?

    package init(limits: Limits) {
        self.limits = limits
    }

    package var text: String { steps.map(\.text).joined() }
    /// Tokens that one request may write which goes on to the end of the solution.
    package var remainingTokens: Int { max(0, limits.tokens.count - keptTokens) }

    /// Tokens that a request may write in a method that goes step by step.
    ///
    /// - Parameter pending: tokens that are written already and await their verdict.
    func remainingTokens(after pending: Int = 0) -> Int {
        switch limits.tokens {
        case .response: max(0, remainingTokens - pending)
        case .call(let count): count
        }
    }

    /// Takes a step for good, and finishes the response where the step ended it or a limit is reached.
    ///
    /// Empty text is no step: a model that ends the response at once after a delimiter adds nothing to judge. It is one where it
    /// was judged, is to be, or replaces a rejected draft, which would be lost otherwise.
    ///
    /// - Parameters:
    ///   - length: tokens of prompt and response as its writer counts them; nil in a method that does not go step by step.
    ///   - isJudged: whether it is to be judged yet.
    mutating func commit(_ step: Step, tokens: Int, end: StepEnd, length: Int? = nil, isJudged: Bool = false) {
        if !step.text.isEmpty || step.rejected != nil || step.reward != nil || isJudged { steps.append(step) }
        keptTokens += tokens
        switch end {
        case .eos: finish = .eos
        case .maxTokens: finish = .maxTokens
        case .context: finish = .context
        case .delimiter where limits.tokens.isReached(kept: keptTokens, length: length): finish = .maxTokens
        case .delimiter where steps.count >= limits.maxSteps: finish = .maxSteps
        case .delimiter: break
        }
    }

    /// Takes all that a model wrote, up to where the response is finished.
    ///
    /// - Parameters:
    ///   - origin: the model.
    ///   - judgesEmptyEnd: see ``CommonSettings/judgesEmptyEnd``.
    /// - Returns: tokens of the steps that were taken, and of those after the end.
    mutating func commit(
        _ answer: Generated, origin: Role, judgesEmptyEnd: Bool = false
    ) -> (kept: Int, beyond: Int) {
        var (kept, beyond) = (0, 0)
        for (index, step) in answer.steps.enumerated() {
            guard finish == nil else {
                beyond += step.tokens
                continue
            }
            kept += step.tokens
            let end = index == answer.steps.count - 1 ? answer.end : .delimiter
            commit(
                Step(text: step.text, origin: origin), tokens: step.tokens, end: end,
                isJudged: judgesEmptyEnd && end == .eos)
        }
        return (kept, beyond)
    }

    /// Takes the steps and the end of another response to the same problem for its own.
    mutating func adopt(_ other: Response) {
        (steps, keptTokens, finish) = (other.steps, other.keptTokens, other.finish)
    }

    mutating func setReward(_ reward: Double, dropped: Int?, ofStep index: Int) {
        steps[index].reward = reward
        steps[index].dropped = dropped
    }

    mutating func fail(_ reason: String) {
        finish = .failed
        failure = reason
    }

    mutating func forgive() {
        finish = nil
        failure = nil
    }
}

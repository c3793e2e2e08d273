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
    package func remainingTokens(after pending: Int = 0) -> Int {
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
    package mutating func commit(_ step: Step, tokens: Int, end: StepEnd, length: Int? = nil, isJudged: Bool = false) {
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
    package mutating func commit(
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
    package mutating func adopt(_ other: Response) {
        (steps, keptTokens, finish) = (other.steps, other.keptTokens, other.finish)
    }

    package mutating func setReward(_ reward: Double, dropped: Int?, ofStep index: Int) {
        steps[index].reward = reward
        steps[index].dropped = dropped
    }

    package mutating func fail(_ reason: String) {
        finish = .failed
        failure = reason
    }

    mutating func forgive() {
        finish = nil
        failure = nil
    }
}

/// The state that every method shares: the accepted steps, and whether the response is finished.
package struct Response: Sendable, Equatable {
    package let limits: Limits
    package private(set) var steps: [Step] = []
    /// Tokens of each step, counted by its writer.
    package var stepTokens: [Int] { steps.map { Int($0.tokens) } }
    package private(set) var finish: Finish?
    /// The reason if ``finish`` is ``Finish/failed``.
    package private(set) var failure: String?
    /// Tokens of the kept text.
    package private(set) var keptTokens = 0
    /// All tokens that requests read or wrote, kept or not.
    package var tokens = TokenCounts()
    /// Number of waves that worked on this trajectory.
    package var waves = 0
    /// Verdicts on draft steps; nil for methods without a threshold.
    package var verdicts: Verdicts?
    /// The solutions to choose from; nil for methods that do not choose between whole solutions.
    package var candidates: [Candidate]?
    /// nil if the PRM sees everything.
    private var reader: ThoughtReader?
    /// Indices of the steps that the PRM does not see.
    private var unseen: Set<Int> = []

    package init(limits: Limits) {
        self.limits = limits
        reader = limits.thoughts.flatMap { $0.areHidden ? ThoughtReader($0) : nil }
    }

    package var text: String { steps.map(\.text).joined() }

    /// Indices of the steps without a reward that the PRM sees.
    package var unscored: [Int] { steps.indices.filter { steps[$0].reward == nil && !unseen.contains($0) } }

    /// For each of the steps that may follow, whether the PRM sees any of it.
    package func seen(_ following: [String]) -> [Bool] {
        guard var reader else { return following.map { _ in true } }
        return following.map { reader.answer(in: $0) != nil }
    }
    /// Token limit of a request that writes to the end of the solution.
    package var remainingTokens: Int { max(0, limits.tokens.count - keptTokens) }

    /// Token limit of a request in a step-by-step method.
    ///
    /// - Parameter pending: tokens already written that wait for a verdict.
    package func remainingTokens(after pending: Int = 0) -> Int {
        switch limits.tokens {
        case .response: max(0, remainingTokens - pending)
        case .call(let count): count
        }
    }

    /// Adds a step for good, and finishes the response if the step ended it or a limit is reached.
    ///
    /// Empty text is not a step: a model that ends the response right after a delimiter adds nothing to judge. It is a
    /// step if it was judged, will be judged, or replaces a rejected draft, which would otherwise be lost.
    ///
    /// - Parameters:
    ///   - length: tokens of prompt and response, counted by the step's writer; nil for a method that is not
    ///     step-by-step.
    ///   - isJudged: whether it will still be judged.
    ///   - finish: why the method asks for nothing after this step, unless its model ended the response or was cut within it; nil
    ///     if it asks for more.
    package mutating func commit(
        _ step: Step, tokens: Int, end: StepEnd, length: Int? = nil, isJudged: Bool = false,
        finish ending: Finish? = nil
    ) {
        if !step.text.isEmpty || step.rejected != nil || step.reward != nil || isJudged {
            if reader != nil, reader?.answer(in: step.text) == nil { unseen.insert(steps.count) }
            steps.append(step)
            steps[steps.count - 1].tokens = Int32(clamping: tokens)
        }
        keptTokens += tokens
        switch end {
        case .eos: finish = .eos
        case .maxTokens: finish = .maxTokens
        case .context: finish = .context
        case .delimiter where ending != nil: finish = ending
        case .delimiter where limits.tokens.isReached(kept: keptTokens, length: length): finish = .maxTokens
        case .delimiter where steps.count >= limits.maxSteps: finish = .maxSteps
        case .delimiter: break
        }
    }

    /// Adds everything that a model wrote, up to where the response is finished.
    ///
    /// - Parameters:
    ///   - origin: the model.
    ///   - judgesEmptyEnd: see ``CommonSettings/judgesEmptyEnd``.
    /// - Returns: tokens of the added steps, and of those after the end.
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
                isJudged: judgesEmptyEnd && end == .eos && seen([step.text]) == [true])
        }
        return (kept, beyond)
    }

    /// Replaces the steps and the end by those of another response to the same problem.
    package mutating func adopt(_ other: Response) {
        steps = other.steps
        (keptTokens, finish) = (other.keptTokens, other.finish)
        (reader, unseen) = (other.reader, other.unseen)
    }

    package mutating func setReward(_ reward: Double, dropped: Int?, ofStep index: Int) {
        steps[index].reward = reward
        steps[index].dropped = dropped
    }

    /// Ends the response where its writer would go on.
    package mutating func end(_ ending: Finish) { finish = ending }

    package mutating func fail(_ reason: String) {
        finish = .failed
        failure = reason
    }

    mutating func forgive() {
        finish = nil
        failure = nil
    }
}

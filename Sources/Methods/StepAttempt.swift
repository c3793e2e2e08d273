import Decoding

/// A candidate for the next step of a solution: what a model wrote, and the PRM's verdict.
struct StepAttempt: Sendable {
    let step: StepText
    let end: StepEnd
    /// Tokens of the prompt and all steps up to this one.
    let length: Int
    private(set) var verdict: Scored.Verdict?

    /// All its tokens count as rejected until it is chosen.
    init(_ answer: Generated, counting tokens: inout TokenCounts) {
        // The engine stops at the delimiter, so there is one step; ignore anything after it.
        step = answer.steps[0]
        end = answer.steps.count == 1 ? answer.end : .delimiter
        length = answer.promptTokens + step.tokens
        tokens[writer: answer.role].prompt += answer.promptTokens
        tokens[writer: answer.role].rejected += step.tokens
        tokens[writer: answer.role].lookahead += answer.steps.dropFirst().reduce(0) { $0 + $1.tokens }
    }

    /// The request for its reward; nil if it has one, or the PRM cannot judge it.
    ///
    /// - Parameter judgesEmptyEnd: see ``CommonSettings/judgesEmptyEnd``.
    func scoring(after response: Response, judgesEmptyEnd: Bool, candidate: Int) -> Scoring? {
        let isJudged =
            (!step.text.isEmpty || judgesEmptyEnd && end == .eos) && response.seen([step.text]) == [true]
        guard verdict == nil, isJudged else { return nil }
        let steps = response.steps.map(\.text)
        return Scoring(steps: steps + [step.text], unscored: [steps.count], candidate: candidate)
    }

    /// - Throws: ``UnexpectedEvent`` if this does not match the request.
    mutating func take(_ answer: Scored, on wanted: Scoring, counting tokens: inout TokenCounts) throws {
        verdict = try answer.verdicts(on: wanted)[wanted.undecided]
        tokens.prm.prompt += answer.promptTokens
        tokens.prm.judged += verdict?.tokens ?? 0
    }

    /// The step that it becomes.
    func chosen(from others: [StepAttempt], by origin: Role, replacing rejected: RejectedStep? = nil) -> Step {
        Step(
            text: step.text, origin: origin, reward: verdict?.reward, dropped: verdict?.dropped, rejected: rejected,
            alternatives: others.map { Alternative(text: $0.step.text, reward: $0.verdict?.reward) })
    }
}

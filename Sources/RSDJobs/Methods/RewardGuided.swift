/// Reward-guided speculative decoding with draft-ahead (arXiv 2501.19324, Algorithm 1).
///
/// The draft model writes several steps on; the PRM gives all of them their rewards in one pass; steps are accepted in
/// order while they pass ω. The first that fails is dropped together with all that follows, and the target model writes
/// that one step, which is taken as it is. A causal PRM's reward of a step does not depend on what follows the step, so the
/// decisions are those of the step-at-a-time algorithm.
public struct RewardGuided: DecodingMethod {
    public let weighting: Weighting
    public let lookahead: Lookahead
    public let draw: Draw

    /// Draft steps that await their verdict; only the last may be empty (a response that ended right after a delimiter).
    private var pending: [StepText] = []
    /// How the last pending step ended.
    private var pendingEnd = StepEnd.delimiter
    /// The step that fell, until the target has replaced it.
    private var rejected: RejectedStep?

    public init(weighting: Weighting, lookahead: Lookahead, draw: Draw) {
        self.weighting = weighting
        self.lookahead = lookahead
        self.draw = draw
    }

    public func needs(for response: Response) -> [Need] { [need(for: response)] }

    private func need(for response: Response) -> Need {
        let steps = response.steps.map(\.text)
        if rejected != nil {
            return .generate(
                Generation(
                    role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: response.remainingTokens))
        }
        if wantsMoreDraft(response) {
            return .generate(
                Generation(
                    role: .draft, steps: steps + pending.map(\.text), stopsAtDelimiter: lookahead != .all,
                    maxTokens: response.remainingTokens - pendingTokens))
        }
        let unscored = response.steps.indices.filter { response.steps[$0].reward == nil }
        let drafted = judged.map(\.text)
        return .score(
            Scoring(
                steps: steps + drafted,
                unscored: unscored + (steps.count..<steps.count + drafted.count), undecided: steps.count))
    }

    public mutating func apply(_ event: Event, to response: inout Response) throws {
        switch (event, need(for: response)) {
        case (.generated(let answer), .generate(let wanted)) where answer.role == wanted.role:
            response.tokens[writer: answer.role].prompt += answer.promptTokens
            if answer.role == .draft {
                takeDraft(answer, into: &response)
            } else {
                takeTarget(answer, into: &response)
            }
        case (.scored(let answer), .score(let wanted)):
            judge(try answer.verdicts(on: wanted), in: &response)
            response.tokens.prm.prompt += answer.promptTokens
        default:
            throw UnexpectedEvent(description: "\(need(for: response)) was needed; got \(event)")
        }
    }

    private var pendingTokens: Int { pending.reduce(0) { $0 + $1.tokens } }
    private var judged: [StepText] { pending.filter { !$0.text.isEmpty } }

    private func wantsMoreDraft(_ response: Response) -> Bool {
        if pending.isEmpty { return true }
        guard case .steps(let ahead) = lookahead, pendingEnd == .delimiter else { return false }
        return pending.count < ahead
            && response.remainingTokens > pendingTokens
            && response.steps.count + pending.count < response.limits.maxSteps
    }

    private mutating func takeDraft(_ answer: Generated, into response: inout Response) {
        if pending.isEmpty { response.waves += 1 }
        pending += answer.steps
        pendingEnd = answer.end
        let room = response.limits.maxSteps - response.steps.count
        if pending.count > room {
            response.tokens.draft.lookahead += pending[room...].reduce(0) { $0 + $1.tokens }
            pending.removeSubrange(room...)
            pendingEnd = .delimiter
        }
        if judged.isEmpty { settle([:], in: &response) }
    }

    private mutating func takeTarget(_ answer: Generated, into response: inout Response) {
        // The engine was told to stop at the delimiter, so there is one step; anything after it was not asked for.
        let first = answer.steps[0]
        let end = answer.steps.count == 1 ? answer.end : .delimiter
        response.tokens.target.kept += first.tokens
        response.tokens.target.lookahead += answer.steps.dropFirst().reduce(0) { $0 + $1.tokens }
        response.commit(
            Step(text: first.text, origin: .target, rejected: rejected), tokens: first.tokens, end: end)
        rejected = nil
    }

    private mutating func judge(_ verdicts: [Int: Scored.Verdict], in response: inout Response) {
        for (index, verdict) in verdicts where index < response.steps.count {
            response.setReward(verdict.reward, dropped: verdict.dropped, ofStep: index)
        }
        settle(verdicts, in: &response)
    }

    /// Accepts pending steps in order until one falls or the response is finished; what remains was look-ahead.
    ///
    /// A step that was too long for the PRM stays pending, with all after it: when its turn comes it is asked about again, and
    /// only then does the trajectory fail. A look-ahead that overflows harms no step before it.
    private mutating func settle(_ verdicts: [Int: Scored.Verdict], in response: inout Response) {
        let committed = response.steps.count
        for (index, step) in pending.enumerated() {
            guard rejected == nil, response.finish == nil else {
                response.tokens.draft.lookahead += step.tokens
                continue
            }
            let end = index == pending.count - 1 ? pendingEnd : .delimiter
            let verdict = verdicts[committed + index]
            if let verdict {
                response.tokens.prm.judged += verdict.tokens
                response.verdicts = response.verdicts ?? Verdicts()
                let position = response.steps.count
                guard
                    weighting.accepts(
                        reward: verdict.reward, uniform: { draw.uniform(step: position, attempt: 0) })
                else {
                    rejected = RejectedStep(text: step.text, reward: verdict.reward, dropped: verdict.dropped)
                    response.tokens.draft.rejected += step.tokens
                    response.verdicts?.rejected += 1
                    continue
                }
                response.verdicts?.accepted += 1
            } else if !step.text.isEmpty {
                pending.removeSubrange(..<index)
                return
            }
            response.tokens.draft.kept += step.tokens
            response.commit(
                Step(text: step.text, origin: .draft, reward: verdict?.reward, dropped: verdict?.dropped),
                tokens: step.tokens, end: end)
        }
        pending = []
        pendingEnd = .delimiter
    }
}

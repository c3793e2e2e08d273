import Decoding

/// Reward-guided speculative decoding with draft-ahead (arXiv 2501.19324, Algorithm 1).
///
/// The draft model writes several steps; the PRM scores all of them in one pass; steps are accepted in order while they
/// pass ω. The first that fails is dropped with everything after it, and the target model writes that one step, which
/// is accepted as is. A causal PRM's reward of a step does not depend on the text after it, so the decisions are those
/// of the step-at-a-time algorithm.
package struct RewardGuided: DecodingMethod {
    package let weighting: Weighting
    package let lookahead: Lookahead
    /// Whether the PRM judges the end of a response right after a delimiter: an empty step.
    package let judgesEmptyEnd: Bool
    /// Whether thoughts that are hidden from the PRM are judged too.
    private let judgesThoughts: Bool
    package let draw: Draw

    private var ahead = DraftAhead()
    /// The rejected step, until the target has replaced it.
    private var rejected: RejectedStep?

    package init(
        weighting: Weighting, lookahead: Lookahead, judgesEmptyEnd: Bool = false, judgesThoughts: Bool = false,
        draw: Draw
    ) {
        self.judgesThoughts = judgesThoughts
        self.weighting = weighting
        self.lookahead = lookahead
        self.judgesEmptyEnd = judgesEmptyEnd
        self.draw = draw
    }

    package func needs(for response: Response) -> [Need] { [need(for: response)] }

    private func need(for response: Response) -> Need {
        let steps = response.steps.map(\.text)
        if rejected != nil {
            return .generate(
                Generation(
                    role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: response.remainingTokens()))
        }
        if wantsMoreDraft(response) {
            return .generate(
                Generation(
                    role: .draft, steps: steps + ahead.texts, stopsAtDelimiter: lookahead == .steps(1),
                    maxTokens: response.remainingTokens(after: ahead.tokens),
                    lookahead: lookahead == .all || lookahead == .steps(1) ? nil : lookahead))
        }
        let judged = judged(in: response)
        return .score(
            Scoring(
                steps: steps + ahead.texts[...(judged.last ?? -1)],
                unscored: response.unscored + judged.map { steps.count + $0 },
                undecided: steps.count + (judged.first ?? 0)))
    }

    package mutating func apply(_ event: Event, to response: inout Response) throws {
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
            throw UnexpectedEvent(description: "expected \(need(for: response)), got \(event)")
        }
    }

    /// Indices of the pending steps to score: all that the PRM sees, but not an empty one that it cannot judge.
    private func judged(in response: Response) -> [Int] { judged(ahead, in: response) }

    private func judged(_ ahead: DraftAhead, in response: Response) -> [Int] {
        let (texts, seen) = (ahead.texts, response.seen(ahead.texts))
        return texts.indices.filter {
            (seen[$0] || judgesThoughts) && !(texts[$0].isEmpty && !(judgesEmptyEnd && ahead.end == .eos))
        }
    }

    private func wantsMoreDraft(_ response: Response) -> Bool {
        if ahead.isEmpty { return true }
        guard ahead.end == .delimiter, !ahead.isFull(response) else { return false }
        return hasEnough(ahead, response).map { !$0 } ?? ahead.isCutShort
    }

    /// Whether the PRM judges the pending steps before the draft writes more; nil if it may as well write to the end.
    private func hasEnough(_ ahead: DraftAhead, _ response: Response) -> Bool? {
        // Steps that are not judged do not count, since step-at-a-time goes on to the next without a verdict.
        guard case .steps(let count) = lookahead else { return nil }
        return judged(ahead, in: response).count >= count
    }

    private mutating func takeDraft(_ answer: Generated, into response: inout Response) {
        if ahead.isEmpty { response.waves += 1 }
        var ahead = ahead
        let before = response
        ahead.take(answer, into: &response) { hasEnough($0, before) == true }
        self.ahead = ahead
        // Steps that are not judged wait for no verdict.
        if !wantsMoreDraft(response) { settle([:], in: &response) }
    }

    private mutating func takeTarget(_ answer: Generated, into response: inout Response) {
        // The engine stops at the delimiter, so there is one step; ignore anything after it.
        let first = answer.steps[0]
        let end = answer.steps.count == 1 ? answer.end : .delimiter
        response.tokens.target.kept += first.tokens
        response.tokens.target.lookahead += answer.steps.dropFirst().reduce(0) { $0 + $1.tokens }
        response.commit(
            Step(text: first.text, origin: .target, rejected: rejected), tokens: first.tokens, end: end,
            length: answer.promptTokens + first.tokens)
        rejected = nil
    }

    private mutating func judge(_ verdicts: [Int: Scored.Verdict], in response: inout Response) {
        for (index, verdict) in verdicts where index < response.steps.count {
            response.setReward(verdict.reward, dropped: verdict.dropped, ofStep: index)
        }
        settle(verdicts, in: &response)
    }

    /// Accepts pending steps in order until one is rejected or the response is finished; the rest was look-ahead.
    ///
    /// A step that is too long for the PRM stays pending, with all after it. When its turn comes it is scored again,
    /// and only then does the trajectory fail: a look-ahead that overflows does not affect the steps before it.
    private mutating func settle(_ verdicts: [Int: Scored.Verdict], in response: inout Response) {
        let committed = response.steps.count
        let judged = Set(judged(in: response))
        for (index, (step, length)) in ahead.pending.map({ ($0.step, $0.length) }).enumerated() {
            guard rejected == nil, response.finish == nil else {
                response.tokens.draft.lookahead += step.tokens
                continue
            }
            let end = ahead.end(ofStep: index)
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
            } else if judged.contains(index) {
                ahead.removeFirst(index)
                return
            }
            response.tokens.draft.kept += step.tokens
            response.commit(
                Step(text: step.text, origin: .draft, reward: verdict?.reward, dropped: verdict?.dropped),
                tokens: step.tokens, end: end, length: length)
        }
        ahead.removeAll()
    }
}

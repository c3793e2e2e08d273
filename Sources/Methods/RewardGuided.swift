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

    /// The model whose turn it is.
    private func turn(in response: Response) -> Role {
        rejected != nil ? .target : wantsMoreDraft(response) ? .draft : .prm
    }

    private func need(for response: Response) -> Need {
        let steps = response.steps.map(\.text)
        return switch turn(in: response) {
        case .target:
            .generate(
                Generation(
                    role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: response.remainingTokens()))
        case .draft:
            .generate(
                Generation(
                    role: .draft, steps: steps + ahead.texts, stopsAtDelimiter: lookahead == .steps(1),
                    maxTokens: response.remainingTokens(after: ahead.tokens),
                    lookahead: lookahead == .all || lookahead == .steps(1) ? nil : lookahead))
        default: .score(scoring(in: response))
        }
    }

    private func scoring(in response: Response) -> Scoring {
        let steps = response.steps.map(\.text)
        let judged = judged(ahead, in: response)
        return Scoring(
            steps: steps + ahead.texts[...(judged.last ?? -1)],
            unscored: response.unscored + judged.map { steps.count + $0 },
            undecided: steps.count + (judged.first ?? 0))
    }

    package mutating func apply(_ event: Event, to response: inout Response) throws {
        switch (event, turn(in: response)) {
        case (.generated(let answer), .draft) where answer.role == .draft:
            response.tokens.draft.prompt += answer.promptTokens
            takeDraft(answer, into: &response)
        case (.generated(let answer), .target) where answer.role == .target:
            response.tokens.target.prompt += answer.promptTokens
            takeTarget(answer, into: &response)
        case (.scored(let answer), .prm):
            judge(try answer.verdicts(on: scoring(in: response)), in: &response)
            response.tokens.prm.prompt += answer.promptTokens
        default:
            throw UnexpectedEvent(description: "expected \(need(for: response)), got \(event)")
        }
    }

    /// Indices of the pending steps to score: all that the PRM sees, but not an empty one that it cannot judge.
    private func judged(_ ahead: DraftAhead, in response: Response) -> [Int] {
        areJudged(ahead, in: response).enumerated().compactMap { $1 ? $0 : nil }
    }

    private func areJudged(_ ahead: DraftAhead, in response: Response) -> [Bool] {
        let texts = ahead.texts
        return zip(texts, response.seen(texts)).map { text, isSeen in
            (isSeen || judgesThoughts) && !(text.isEmpty && !(judgesEmptyEnd && ahead.end == .eos))
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
        ahead.take(answer, into: &response) { hasEnough($0, $1) == true }
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
        let areJudged = areJudged(ahead, in: response)
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
            } else if areJudged[index] {
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

@testable import Decoding
@testable import Methods
@testable import ModelDoubles

/// SpecReason one step at a time, written down line by line after the authors' `spec_reason.py`, with the limits of the design.
func decodeSpecReason(models: FakeModels, settings: SpecReasonSettings, limits: Limits) -> Outcome {
    var outcome = Outcome()
    func write(_ role: Role) -> (text: String, tokens: Int, finish: Finish?) {
        let left: Int
        switch limits.tokens {
        case .response(let most): left = most - outcome.keptTokens
        case .call(let most): left = most
        }
        let context = models.reader(after: outcome.text)
        outcome.tokens[writer: role].prompt += context.tokens
        let step = writeStep(models, role, after: context, atMost: min(left, settings.stepTokens))
        guard step.finish == .maxTokens, settings.stepTokens < left else {
            return (step.text, step.tokens, step.finish)
        }
        let isWhole = step.text.hasSuffix(limits.delimiter)
        return (step.text + (isWhole ? "" : limits.delimiter), step.tokens, nil)
    }
    while true {
        let length = models.reader(after: outcome.text).tokens
        var step: Step
        var (written, isFirst) = (write(outcome.steps.count < settings.firstSteps ? .target : .draft), true)
        if outcome.steps.count < settings.firstSteps {
            step = Step(text: written.text, origin: .target)
            outcome.tokens.target.kept += written.tokens
        } else if written.text.isEmpty, written.finish != .eos {
            outcome.tokens.draft.kept += written.tokens
            outcome.keptTokens += written.tokens
            outcome.finish = written.finish
            return outcome
        } else {
            isFirst = false
            let judged = models.listener(after: outcome.text + written.text)
            let reward = models.reward(at: judged, isEmpty: written.text.isEmpty)
            outcome.tokens.target.prompt += judged.bytes
            outcome.tokens.target.judged += models.scoredTokens(written.text)
            if reward >= settings.threshold / 9 {
                step = Step(text: written.text, origin: .draft, reward: reward)
                outcome.tokens.draft.kept += written.tokens
            } else {
                outcome.tokens.draft.rejected += written.tokens
                let rejected = RejectedStep(text: written.text, reward: reward)
                written = write(.target)
                step = Step(text: written.text, origin: .target, rejected: rejected)
                outcome.tokens.target.kept += written.tokens
            }
        }
        let hasAnswer = ["boxed", "Answer:", "ANSWER:"].contains { step.text.contains($0) }
        if settings.until == .answer, !isFirst, !hasAnswer { step.text = step.text.replacing("</think>", with: "") }
        if !step.text.isEmpty || !isFirst { outcome.steps.append(step) }
        outcome.keptTokens += written.tokens

        let texts = outcome.steps.map(\.text)
        if let finish = written.finish {
            outcome.finish = finish
        } else if settings.until == .answer, hasAnswer {
            outcome.finish = .answered
        } else if settings.until == .answer, texts.count > 2, texts[texts.count - 1] == texts[texts.count - 2] {
            outcome.finish = .repetition
        } else {
            let isSpent: Bool
            switch limits.tokens {
            case .response(let most): isSpent = outcome.keptTokens >= most
            case .call(let most): isSpent = length + written.tokens >= most
            }
            outcome.finish = isSpent ? .maxTokens : outcome.steps.count == limits.maxSteps ? .maxSteps : nil
        }
        if outcome.finish != nil { return outcome }
    }
}

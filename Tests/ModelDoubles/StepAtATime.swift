@testable import Decoding
import Foundation
@testable import Methods

/// What a decoding came to, in every respect that draft-ahead must not change.
struct Outcome: Equatable {
    var steps: [Step] = []
    var finish: Finish?
    var keptTokens = 0
    var tokens = TokenCounts()

    var text: String { steps.map(\.text).joined() }
}

/// A step as a model wrote it; `finish` is nil where it ended with the delimiter.
struct WrittenStep {
    var role: Role
    var text = ""
    var tokens = 0
    var finish: Finish?
}

/// Algorithm 1 of arXiv 2501.19324 with the limits of the design, written down line by line.
///
/// Uses nothing of the core but the values in which it reports and ``Draw``.
///
/// - Returns: the outcome, and the last thing that was written for it.
func decodeStepAtATime(
    models: FakeModels, weighting: Weighting, draw: Draw, limits: Limits
) -> (outcome: Outcome, last: WrittenStep) {
    var outcome = Outcome()
    while true {
        let context = models.reader(after: outcome.text)
        let left: Int
        switch limits.tokens {
        case .response(let most): left = most - outcome.keptTokens
        case .call(let most): left = most
        }

        // The draft model proposes one step.
        let proposal = writeStep(models, .draft, after: context, atMost: left)
        outcome.tokens.draft.prompt += context.tokens
        if proposal.text.isEmpty, !(models.judgesEmptyEnd && proposal.finish == .eos) {
            // The response ended right after a delimiter: there is nothing to judge it by.
            outcome.tokens.draft.kept += proposal.tokens
            outcome.keptTokens += proposal.tokens
            outcome.finish = proposal.finish
            return (outcome, proposal)
        }

        // The PRM gives its reward, and in passing that of the target's step before it, for the log.
        let texts = outcome.steps.map(\.text)
        let verdict = models.verdict(on: texts + [proposal.text])
        guard let verdict else {
            outcome.finish = .failed
            return (outcome, proposal)
        }
        if outcome.steps.last?.origin == .target, let last = models.verdict(on: texts) {
            outcome.steps[outcome.steps.count - 1].reward = last.reward
            outcome.steps[outcome.steps.count - 1].dropped = last.dropped
            // One pass gives both where the PRM sees the whole solution for both.
            if last.dropped != nil || verdict.dropped != nil { outcome.tokens.prm.prompt += last.read }
        }
        let reward = verdict.reward
        outcome.tokens.prm.judged += models.scoredTokens(proposal.text)
        outcome.tokens.prm.prompt += verdict.read

        // It is accepted, or the target writes one step in its place, which is taken as it is.
        let taken: WrittenStep
        if accepts(weighting, reward, draw.uniform(step: outcome.steps.count, attempt: 0)) {
            taken = proposal
            outcome.tokens.draft.kept += proposal.tokens
            outcome.steps.append(
                Step(text: proposal.text, origin: .draft, reward: reward, dropped: verdict.dropped))
        } else {
            taken = writeStep(models, .target, after: context, atMost: left)
            outcome.tokens.draft.rejected += proposal.tokens
            outcome.tokens.target.prompt += context.tokens
            outcome.tokens.target.kept += taken.tokens
            let rejected = RejectedStep(text: proposal.text, reward: reward, dropped: verdict.dropped)
            outcome.steps.append(Step(text: taken.text, origin: .target, rejected: rejected))
        }
        outcome.keptTokens += taken.tokens

        // Until the end of the sequence or a limit.
        if let finish = taken.finish {
            outcome.finish = finish
        } else if isReached(limits.tokens, outcome.keptTokens, context.tokens + taken.tokens) {
            outcome.finish = .maxTokens
        } else if outcome.steps.count == limits.maxSteps {
            outcome.finish = .maxSteps
        }
        if outcome.finish != nil { return (outcome, taken) }
    }
}

/// The limit of tokens, looked at where a step has ended: that of the authors' code counts the prompt too.
private func isReached(_ limit: TokenLimit, _ kept: Int, _ withPrompt: Int) -> Bool {
    switch limit {
    case .response(let most): kept == most
    case .call(let most): withPrompt >= most
    }
}

func writeStep(
    _ models: FakeModels, _ role: Role, after context: Reader, atMost limit: Int
) -> WrittenStep {
    var step = WrittenStep(role: role)
    var reader = context
    reader.beginStep()
    while true {
        if step.tokens == limit {
            step.finish = .maxTokens
            return step
        }
        let token = models.nextToken(of: role, after: reader)
        // The end of the sequence is a token too, and needs its place.
        if reader.bytes + (token?.utf8.count ?? 1) > models.context(of: role) {
            step.finish = .context
            return step
        }
        step.tokens += 1
        guard let token else {
            step.finish = .eos
            return step
        }
        // The engine stops at the delimiter, and does not give out what more the token holds.
        let end = reader.read(token).first
        step.text += String(decoding: token.utf8.prefix(end ?? token.utf8.count), as: UTF8.self)
        if end != nil { return step }
    }
}

extension FakeModels {
    /// The reward of the last of the steps, how many of the oldest the PRM did not see for it, and how much it read; nil where
    /// its context is too short.
    fileprivate func verdict(on steps: [String]) -> (reward: Double, dropped: Int?, read: Int)? {
        var dropped = 0
        var seen = steps
        while listener(after: seen.joined()).bytes > prmContext {
            if overlong == .fail || seen.count == 1 { return nil }
            seen.removeFirst()
            dropped += 1
        }
        let reader = listener(after: seen.joined())
        return (reward(at: reader, isEmpty: steps.last == ""), dropped == 0 ? nil : dropped, reader.bytes)
    }
}

/// Table 1 and the rule of acceptance.
private func accepts(_ weighting: Weighting, _ r: Double, _ u: Double) -> Bool {
    switch weighting {
    case .constant(let p): return u < p
    case .binaryStep(let threshold): return r >= threshold
    case .clipping: return u < min(1, max(0, r))
    case .sigmoidal: return u < max(0, r / (1 + r))
    case .logistic(let alpha, let threshold): return u < 1 / (1 + exp(-alpha * (r - threshold)))
    }
}

@testable import ModelDoubles

/// The odd things that can happen in a decoding. The random cases must show each of them.
enum Occurrence: CaseIterable {
    case severalTokensInAStep, stepOfDelimiterOnly, runOfNewlines
    case rewardAtThreshold, rewardJustBelow, rejectedTwice, acceptedByChance, rejectedByChance
    case emptyEndAccepted, emptyEndRejected, targetWritesOnAfterTheEnd, targetAgreesWithTheEnd, emptyEndInAWindow
    case callEndsInStep, callEndsInTargetStep, callsEndAtDelimiter
    case draftEndsInStep, targetEndsInStep, draftEndsAfterDelimiter, targetEndsAfterDelimiter, emptyResponse
    case tokensEndInStep, tokensEndInTargetStep, tokensEndAtDelimiter, tokensEndBeforeEOS
    case stepsEnd
    case draftContextEndsInStep, targetContextEndsInStep
    case draftContextEndsAtDelimiter, targetContextEndsAtDelimiter, contextEndsBeforeFirstToken
    case prmContextEnds, prmContextEndsBeforeTheFirstStep, windowTooShortForAStep
    case acceptedInAWindow, rejectedInAWindow, targetStepInAWindow, targetStepTooLongForTheWindow

    static func all(
        in decoding: RandomCase, _ outcome: Outcome, _ last: WrittenStep
    ) -> Set<Occurrence> {
        inSteps(outcome, decoding).union(atTheEnd(outcome, last, decoding))
    }

    private static func inSteps(_ outcome: Outcome, _ decoding: RandomCase) -> Set<Occurrence> {
        var found: Set<Occurrence> = []
        let steps = outcome.steps
        if outcome.keptTokens > 2 * steps.count { found.insert(.severalTokensInAStep) }
        if steps.contains(where: { $0.text == decoding.limits.delimiter }) {
            found.insert(.stepOfDelimiterOnly)
        }
        if outcome.text.utf8.split(whereSeparator: { $0 != 10 }).contains(where: { $0.count > 2 }) {
            found.insert(.runOfNewlines)
        }
        if steps.filter({ $0.rejected != nil }).count > 1 { found.insert(.rejectedTwice) }
        if case .binaryStep(let threshold) = decoding.weighting {
            if steps.contains(where: { $0.origin == .draft && $0.reward == threshold }) {
                found.insert(.rewardAtThreshold)
            }
            if steps.contains(where: { $0.rejected?.reward == threshold.nextDown }) {
                found.insert(.rewardJustBelow)
            }
        } else {
            found.insert(steps.contains { $0.rejected != nil } ? .rejectedByChance : .acceptedByChance)
        }
        return found.union(inWindows(outcome, decoding)).union(atEmptyEnds(outcome))
    }

    private static func atEmptyEnds(_ outcome: Outcome) -> Set<Occurrence> {
        var found: Set<Occurrence> = []
        for step in outcome.steps {
            if step.origin == .draft, step.text.isEmpty { found.insert(.emptyEndAccepted) }
            if step.text.isEmpty, step.dropped != nil { found.insert(.emptyEndInAWindow) }
            guard step.rejected?.text == "" else { continue }
            found.insert(.emptyEndRejected)
            found.insert(step.text.isEmpty ? .targetAgreesWithTheEnd : .targetWritesOnAfterTheEnd)
        }
        return found
    }

    private static func inWindows(_ outcome: Outcome, _ decoding: RandomCase) -> Set<Occurrence> {
        var found: Set<Occurrence> = []
        for (index, step) in outcome.steps.enumerated() {
            if step.rejected?.dropped != nil { found.insert(.rejectedInAWindow) }
            if step.dropped != nil {
                found.insert(step.origin == .draft ? .acceptedInAWindow : .targetStepInAWindow)
            }
            if step.reward == nil, index < outcome.steps.count - 1, decoding.models.overlong == .window {
                found.insert(.targetStepTooLongForTheWindow)
            }
        }
        return found
    }

    private static func atTheEnd(
        _ outcome: Outcome, _ last: WrittenStep, _ decoding: RandomCase
    ) -> Set<Occurrence> {
        let byDraft = last.role == .draft
        switch (outcome.finish, isEmpty: last.text.isEmpty) {
        case (.failed, _) where decoding.models.overlong == .window: return [.windowTooShortForAStep]
        case (.failed, _) where outcome.steps.isEmpty: return [.prmContextEndsBeforeTheFirstStep]
        case (.failed, _): return [.prmContextEnds]
        case (.eos, true) where outcome.steps.isEmpty: return [.emptyResponse]
        case (.eos, true): return [byDraft ? .draftEndsAfterDelimiter : .targetEndsAfterDelimiter]
        case (.eos, false): return [byDraft ? .draftEndsInStep : .targetEndsInStep]
        case (.context, true) where outcome.steps.isEmpty: return [.contextEndsBeforeFirstToken]
        case (.context, true): return [byDraft ? .draftContextEndsAtDelimiter : .targetContextEndsAtDelimiter]
        case (.context, false): return [byDraft ? .draftContextEndsInStep : .targetContextEndsInStep]
        case (.maxSteps, _): return [.stepsEnd]
        case (.maxTokens, _) where decoding.limits.tokens == .call(decoding.limits.tokens.count):
            if last.finish == nil { return [.callsEndAtDelimiter] }
            return [byDraft ? .callEndsInStep : .callEndsInTargetStep]
        case (.maxTokens, _):
            let reader = decoding.models.reader(after: outcome.text)
            if reader.isBetweenSteps { return [.tokensEndAtDelimiter] }
            let isBeforeEOS = decoding.models.nextToken(of: last.role, after: reader) == nil
            let writer = byDraft ? Occurrence.tokensEndInStep : .tokensEndInTargetStep
            return isBeforeEOS ? [writer, .tokensEndBeforeEOS] : [writer]
        default: return []
        }
    }
}

import Decoding

/// Steps that the draft has written ahead and that wait for their verdicts, as far as step-at-a-time decoding would have come.
struct DraftAhead: Sendable {
    struct Pending: Sendable {
        var step: StepText
        /// Tokens of the prompt and all steps up to this one, counted by the draft.
        var length: Int
    }

    /// Only the last may be empty (a response that ended right after a delimiter).
    private(set) var pending: [Pending] = []
    /// How the last pending step ended.
    private(set) var end = StepEnd.delimiter
    /// Whether the draft wrote more after the pending steps, which step-at-a-time would not have produced.
    private(set) var isCutShort = false

    var isEmpty: Bool { pending.isEmpty }
    var count: Int { pending.count }
    var texts: [String] { pending.map(\.step.text) }
    var tokens: Int { pending.reduce(0) { $0 + $1.step.tokens } }

    /// How a pending step ended.
    func end(ofStep index: Int) -> StepEnd { index == pending.count - 1 ? end : .delimiter }

    /// Whether the response would reach a limit with the pending steps.
    func isFull(_ response: Response) -> Bool {
        response.steps.count + pending.count >= response.limits.maxSteps
            || response.limits.tokens.isReached(kept: response.keptTokens + tokens, length: pending.last?.length)
    }

    /// Takes the steps that step-at-a-time would have produced, up to a limit of the response; the others are counted as look-ahead.
    ///
    /// - Parameter isEnough: whether the steps so far are to be judged before any more.
    mutating func take(
        _ answer: Generated, into response: inout Response, until isEnough: (DraftAhead, Response) -> Bool
    ) {
        var length = answer.promptTokens
        var taken = 0
        for step in answer.steps[..<answer.usableSteps(within: response.limits)] {
            if taken > 0, isFull(response) || isEnough(self, response) { break }
            length += step.tokens
            pending.append(Pending(step: step, length: length))
            taken += 1
        }
        response.tokens.draft.lookahead += answer.steps[taken...].reduce(0) { $0 + $1.tokens }
        isCutShort = taken < answer.steps.count
        end = isCutShort ? .delimiter : answer.end
    }

    /// Removes the first steps, of which the verdicts are known.
    mutating func removeFirst(_ count: Int) { pending.removeFirst(count) }

    /// Forgets all steps.
    mutating func removeAll() {
        pending = []
        end = .delimiter
    }
}

extension CompletionAnswer {
    /// How a response contradicts the request or itself; nil if it does not.
    ///
    /// `length` before `max_tokens` is allowed here, since the context may be full. The caller, who knows the context,
    /// checks that.
    func contradiction(to request: CompletionRequest) -> String? {
        guard let choice = choices.first, choices.count == 1, (choice.index ?? 0) == 0 else {
            return "\(choices.count) choices instead of one"
        }
        let (ids, prompt) = (choice.token_ids, request.promptTokens)
        if usage.prompt_tokens != prompt.count || (choice.prompt_token_ids.map { $0 != prompt } ?? false) {
            return "the prompt has \(usage.prompt_tokens) tokens, but \(prompt.count) were sent"
        }
        if usage.completion_tokens != ids.count
            || (usage.total_tokens ?? prompt.count + ids.count) != prompt.count + ids.count
        {
            return "it counts \(usage.completion_tokens) tokens but contains \(ids.count)"
        }
        if ids.isEmpty { return "0 tokens, but 1 to \(request.maxTokens) were requested" }
        if let what = request.contradiction(in: ids) { return what }
        if request.logprobs != nil, !choice.hasProbabilities { return "invalid probabilities" }
        if request.promptLogprobs, !choice.hasProbabilities(of: prompt) { return "invalid probabilities of the prompt" }
        return choice.contradictoryFinish(of: request)
    }
}

extension CompletionRequest {
    /// How tokens of a completion, after that many others, contradict the request; nil if they do not.
    func contradiction(in ids: [Int], after earlier: Int = 0) -> String? {
        if earlier + ids.count > maxTokens {
            return "\(earlier + ids.count) tokens, but 1 to \(maxTokens) were requested"
        }
        let allowed = allowedTokens.map(Set.init)
        if let id = ids.first(where: { $0 < 0 || $0 > Int32.max || allowed?.contains($0) == false }) {
            return "the token \(id), which the request does not allow"
        }
        return nil
    }
}

extension CompletionAnswer.Choice {
    fileprivate func contradictoryFinish(of request: CompletionRequest) -> String? {
        switch (finish_reason, stop_reason) {
        case ("stop", .string(let stop)):
            guard request.stop.contains(stop) else {
                return "it stopped at \(stop.debugDescription), which was not requested"
            }
            // Compare bytes: Swift reads "\r\n" as one character.
            guard !request.includeStop || text.utf8.suffix(stop.utf8.count).elementsEqual(stop.utf8) else {
                return "it stopped at \(stop.debugDescription), but its text does not end with that"
            }
        case ("stop", .token(let token)) where token_ids.last != token:
            return "it stopped at the token \(token), which is not its last token"
        case ("length", .some): return "it reports both a cut-off and a stop"
        default: break
        }
        return nil
    }

    /// Whether the likeliest tokens of each position have valid log probabilities, apart from rounding.
    fileprivate var hasProbabilities: Bool {
        guard let positions = logprobs?.top_logprobs, positions.count == token_ids.count else { return false }
        return positions.allSatisfy { !$0.isEmpty && $0.values.allSatisfy(\.isLogprob) }
            && logprobs?.token_logprobs.count == token_ids.count
            && logprobs?.token_logprobs.allSatisfy { $0?.isLogprob ?? false } ?? false
    }

    /// Whether each token of the prompt but the first has a valid log probability.
    fileprivate func hasProbabilities(of prompt: [Int]) -> Bool {
        guard let positions = prompt_logprobs, positions.count == prompt.count else { return false }
        return zip(positions, prompt).dropFirst().allSatisfy { $0?["\($1)"]?.logprob.isLogprob ?? false }
    }
}

extension Double {
    /// Apart from rounding.
    fileprivate var isLogprob: Bool { isFinite && self <= 0.001 }
}

extension CompletionAnswer {
    /// What contradicts the request, or itself, in an answer to it; nil where nothing does.
    ///
    /// An engine may say `length` before `max_tokens`, where the context is full: whoever knows the context checks that.
    func contradiction(to request: CompletionRequest) -> String? {
        guard let choice = choices.first, choices.count == 1, (choice.index ?? 0) == 0 else {
            return "\(choices.count) choices where one was asked for"
        }
        let (ids, prompt) = (choice.token_ids, request.promptTokens)
        if usage.prompt_tokens != prompt.count || (choice.prompt_token_ids.map { $0 != prompt } ?? false) {
            return "it is to another prompt: \(usage.prompt_tokens) tokens where \(prompt.count) were sent"
        }
        if usage.completion_tokens != ids.count
            || (usage.total_tokens ?? prompt.count + ids.count) != prompt.count + ids.count
        {
            return "it counts \(usage.completion_tokens) tokens and holds \(ids.count)"
        }
        if ids.isEmpty || ids.count > request.maxTokens {
            return "\(ids.count) tokens where 1 to \(request.maxTokens) were asked for"
        }
        let allowed = request.allowedTokens.map(Set.init)
        if let id = ids.first(where: { $0 < 0 || $0 > Int32.max || allowed?.contains($0) == false }) {
            return "the token \(id), which cannot be written"
        }
        if request.logprobs != nil, !choice.hasProbabilities { return "probabilities that are none" }
        return choice.contradictoryFinish(of: request)
    }
}

extension CompletionAnswer.Choice {
    fileprivate func contradictoryFinish(of request: CompletionRequest) -> String? {
        switch (finish_reason, stop_reason) {
        case ("stop", .string(let stop)):
            guard request.stop.contains(stop) else {
                return "it stopped at \(stop.debugDescription), which was not asked for"
            }
            // Bytes: to Swift "\r\n" is one character.
            guard !request.includeStop || text.utf8.suffix(stop.utf8.count).elementsEqual(stop.utf8) else {
                return "it stopped at \(stop.debugDescription), with which its text does not end"
            }
        case ("stop", .token(let token)) where token_ids.last != token:
            return "it stopped at the token \(token), which is not its last"
        case ("length", .some): return "it was cut, and stopped by itself"
        default: break
        }
        return nil
    }

    /// The likeliest tokens of each position, with logarithms that are those of probabilities; rounding aside.
    fileprivate var hasProbabilities: Bool {
        guard let positions = logprobs?.top_logprobs, positions.count == token_ids.count else { return false }
        return positions.allSatisfy { !$0.isEmpty && $0.values.allSatisfy { $0 <= 0.001 } }
    }
}

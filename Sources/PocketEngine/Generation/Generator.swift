import Tokenizers

/// Generates one text with one model.
struct Generator: Sendable {
    let model: Qwen2
    let tokenizer: Tokenizer

    /// Continues `prompt` up to a stop, the token limit, or a cancellation.
    ///
    /// - Parameters:
    ///   - choice: index among the request's `n` texts.
    ///   - progress: called with the number of tokens read and written since its last call.
    ///   - part: called for each token, with the text that has become certain since its last call.
    /// - Throws: `Cancellation.Abandoned` if the client has disconnected.
    func complete(
        _ prompt: [Int], _ parameters: SamplingParameters, choice: Int, cancellation: Cancellation,
        progress: (_ read: Int, _ written: Int) -> Void, part: ((_ text: String, _ token: Int) -> Void)? = nil
    ) throws -> Completion {
        let session = Session(model: model, capacity: prompt.count + parameters.maxTokens)
        var sampler = Sampler(parameters, choice: choice)
        var text = StoppableText(stops: parameters.stop, includeStop: parameters.includeStop)
        var tokens: [Int] = []
        var (probabilities, promptProbabilities): ([TokenProbability], [TokenProbability]) = ([], [])
        func finish(_ finish: FinishReason, _ reason: StopReason? = nil) -> Completion {
            part?(text.next(isEnd: true), tokens[tokens.count - 1])
            return Completion(
                text: text.text, tokens: tokens, finish: finish, stopReason: reason, probabilities: probabilities,
                promptProbabilities: promptProbabilities)
        }

        var lastChunk = 0
        try session.append(prompt[...]) { count in
            lastChunk = count
            if let likeliest = parameters.promptLogprobs {
                let read = promptProbabilities.count
                for (index, token) in prompt[(read + 1)...].prefix(count).enumerated() {
                    promptProbabilities.append(
                        TokenProbability(of: token, among: session.head(at: index), likeliest: likeliest))
                }
            }
            progress(count, 0)
            try cancellation.checkAbandoned()
        }
        while true {
            let logits = session.head(at: lastChunk - 1)
            let token = sampler.next(logits)
            tokens.append(token)
            if let likeliest = parameters.logprobs {
                probabilities.append(TokenProbability(of: token, among: logits, likeliest: likeliest))
            }
            progress(0, 1)
            if let end = endOfText(token, parameters) {
                if parameters.includeStop {
                    _ = text.append(tokenizer.bytes(of: token, skipSpecial: parameters.skipSpecial))
                }
                return finish(.stop, end.reason)
            }
            if let stop = text.append(tokenizer.bytes(of: token, skipSpecial: parameters.skipSpecial)) {
                return finish(.stop, .text(stop))
            }
            if tokens.count == parameters.maxTokens { return finish(.length) }
            try cancellation.checkAbandoned()
            if cancellation.isAborted { return finish(.abort) }
            part?(text.next(isEnd: false), token)
            session.append([token]) { _ in }
            lastChunk = 1
        }
    }

    /// Whether `token` ends the text, and with which `stop_reason`: none for the first of the model's end-of-text ids, the id
    /// itself for the others and for the request's stop tokens.
    private func endOfText(_ token: Int, _ parameters: SamplingParameters) -> (reason: StopReason?, Void)? {
        if !parameters.ignoreEndOfText, let index = model.config.endOfText.firstIndex(of: token) {
            return (index == 0 ? nil : .token(token), ())
        }
        return parameters.stopTokens.contains(token) ? (.token(token), ()) : nil
    }

    /// The raw score of every token of `prompt`. Throws `Cancellation.Abandoned` if the client has disconnected.
    func score(
        _ prompt: [Int], cancellation: Cancellation, progress: (_ read: Int, _ written: Int) -> Void
    ) throws -> [Float] {
        let session = Session(model: model, capacity: prompt.count)
        var scores: [Float] = []
        scores.reserveCapacity(prompt.count)
        try session.append(prompt[...]) { count in
            for index in 0..<count { scores.append(session.head(at: index)[0]) }
            progress(count, 0)
            try cancellation.checkAbandoned()
        }
        return scores
    }
}

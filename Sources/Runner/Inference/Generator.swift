import Decoding
import JobSpecs
import ModelLifecycle

/// Has a draft or target model continue a solution.
struct Generator: Sendable {
    let decoding: DecodingSpec
    /// How methods are sampled that use steps which the draft wrote ahead.
    var lookaheads: [Sampling] = []
    /// Models whose tokenizers have the marks of thoughts among their special tokens.
    var keepingSpecialTokens: Set<Role> = []

    /// - Parameters:
    ///   - prompt: the text before the first step.
    ///   - seed: of this request.
    ///   - thoughts: how they are marked; nil if nothing is known of them.
    ///   - progress: takes the steps as they come; nil to wait for the end.
    func ask(
        _ wanted: Generation, prompt: ProblemPrompt, seed: Int, thoughts: Thoughts? = nil, of session: ModelSession,
        progress: AnswerProgress? = nil
    ) async throws -> Generated {
        if let thoughts { try await session.check(thoughts, after: prompt) }
        let keepsSpecialTokens = keepingSpecialTokens.contains(wanted.role.models[0])
        let ids = try await session.tokens(of: prompt, steps: wanted.steps)
        let room = session.contextLength - ids.count
        guard room > 0 else {
            return Generated(
                role: wanted.role, steps: [StepText(text: "", tokens: 0)], end: .context, promptTokens: 0)
        }
        // Engines silently clamp max_tokens to the context; doing it here distinguishes the two limits.
        let sampling = wanted.sampling ?? decoding.sampling
        let limit = min(wanted.maxTokens, room)
        let request = CompletionRequest(
            promptTokens: ids, maxTokens: limit,
            temperature: sampling.temperature, topP: sampling.topP, seed: seed,
            stop: wanted.stopsAtDelimiter ? [decoding.delimiter] : [], includeStop: true,
            keepsSpecialTokens: keepsSpecialTokens, logprobs: wanted.detail.likeliest,
            namesTokensByID: wanted.detail == .spread)
        let completion: Completion
        if let progress {
            let steps = StreamedSteps(wanted, of: prompt, shown: ids, by: self, from: session)
            let (whole, soFar) = try await follow(request, as: steps, progress)
            if whole.finish == .stopped, let soFar { return soFar }
            completion = whole
        } else {
            completion = try await session.client.complete(request)
        }
        let isShort = completion.tokenIDs.count < limit
        let stop: Generated.Stop
        switch completion.finish {
        case .stop: stop = .stopString
        case .length where isShort && session.contextLength < .max:
            throw MalformedResponse(
                description: "a completion was cut at \(completion.tokenIDs.count) tokens where \(limit) may be written"
            )
        case .length: stop = .length
        case .eos, .endToken, .stopped, .other: stop = .eos
        }
        let (text, pieces) = try await session.written(completion, keepsSpecialTokens: keepsSpecialTokens)
        guard !wanted.stopsAtDelimiter || session.splitter.isOneStep(text, isWhole: stop == .stopString),
            var generated = Generated(
                role: wanted.role, text: text, pieces: pieces, stop: stop,
                lengthMeans: room < wanted.maxTokens || isShort ? .context : .maxTokens,
                promptTokens: ids.count, splitter: session.splitter)
        else {
            throw MalformedResponse(
                description: "the text and the tokens of a completion do not agree: \(text.debugDescription)")
        }
        generated.add(completion.likelihoods(wanted.detail))
        // A response sampled in another way is not for a method that looks ahead, and must not pass for one.
        if wanted.role == .draft, !wanted.stopsAtDelimiter, lookaheads.contains(where: sampling.draws) {
            generated.seam = try await seam(
                in: generated.steps, whole: session.splitter.cut(pieces: pieces).whole, of: completion.tokenIDs,
                after: ids,
                continuing: wanted.steps, of: prompt, session)
        }
        return generated
    }

    /// Reports steps as they are written.
    ///
    /// - Returns: the completion, and the whole steps that came.
    private func follow(
        _ request: CompletionRequest, as steps: StreamedSteps, _ progress: AnswerProgress
    ) async throws -> (Completion, Generated?) {
        let (parts, arrive) = AsyncStream<CompletionPart>.makeStream()
        async let read: Generated? = {
            var steps = steps
            for await part in parts { if let written = try await steps.take(part) { progress.report(written) } }
            return steps.soFar
        }()
        let completion: Completion
        do {
            completion = try await steps.session.client.stream(request, stop: progress.streamStop) { part in
                arrive.yield(part)
                return .goOn
            }
        } catch {
            arrive.finish()
            throw error
        }
        arrive.finish()
        return (completion, try await read)
    }

    /// The number of steps written in the same tokens that step-at-a-time would show the model, if more text follows: after these,
    /// its prompt would differ from what the model has before it here.
    ///
    /// - Parameters:
    ///   - whole: number of leading steps that end at a token boundary.
    ///   - written: the tokens of the steps.
    ///   - shown: the tokens before them.
    /// - Returns: nil if all steps are such.
    private func seam(
        in steps: [StepText], whole: Int, of written: [Int], after shown: [Int], continuing before: [String],
        of prompt: ProblemPrompt, _ session: ModelSession
    ) async throws -> Int? {
        var (texts, length) = (before, 0)
        for (place, step) in steps.dropLast().enumerated() {
            texts.append(step.text)
            length += step.tokens
            guard place < whole else { return place + 1 }
            guard try await shows(shown + written[..<length], for: texts, of: prompt, session) else { return place + 1 }
        }
        return nil
    }

    /// Whether these are the tokens that step-at-a-time would show the model for these steps.
    func shows(_ ids: [Int], for steps: [String], of prompt: ProblemPrompt, _ session: ModelSession) async throws
        -> Bool
    {
        do {
            return try await session.tokens(of: prompt, steps: steps) == ids
        } catch is PermanentFailure {
            // Nor could it be continued there.
            return false
        }
    }
}

extension StepSplitter {
    /// Whether a text is a single step, with the delimiter at its end or without one.
    fileprivate func isOneStep(_ text: String, isWhole: Bool) -> Bool {
        let steps = split(text)
        return steps.count < 2 && (steps.last.map(endsWithDelimiter) ?? false) == isWhole
    }
}

import ModelLifecycle

/// Has a draft or target model continue a solution.
struct GenerationAsker: Sendable {
    let decoding: DecodingSpec

    /// - Parameters:
    ///   - prompt: what goes before the first step.
    ///   - seed: of this request.
    func ask(_ wanted: Generation, prompt: ProblemPrompt, seed: Int, of session: ModelSession) async throws -> Generated
    {
        let ids = try await session.tokens(of: prompt, steps: wanted.steps)
        let room = session.contextLength - ids.count
        guard room > 0 else {
            return Generated(
                role: wanted.role, steps: [StepText(text: "", tokens: 0)], end: .context, promptTokens: 0)
        }
        // Engines clamp max_tokens to the context silently; done here, the two limits can be told apart.
        let sampling = wanted.sampling ?? decoding.sampling
        let completion = try await session.client.complete(
            CompletionRequest(
                promptTokens: ids, maxTokens: min(wanted.maxTokens, room),
                temperature: sampling.temperature, topP: sampling.topP, seed: seed,
                stop: wanted.stopsAtDelimiter ? [decoding.delimiter] : [], includeStop: true))
        let stop: Generated.Stop
        switch completion.finish {
        case .eos: stop = .eos
        case .stop: stop = .stopString
        case .length: stop = .length
        case .other(let reason): throw Nonsense(description: "the engine ended a completion with '\(reason)'")
        }
        guard
            let generated = Generated(
                role: wanted.role, text: completion.text, pieces: try await session.pieces(of: completion.tokenIDs),
                stop: stop, lengthMeans: room < wanted.maxTokens ? .context : .maxTokens,
                promptTokens: ids.count, splitter: session.splitter)
        else {
            throw Nonsense(
                description: "the text and the tokens of a completion do not agree: \(completion.text.debugDescription)"
            )
        }
        return generated
    }
}

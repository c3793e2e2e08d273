import ModelLifecycle

/// Rewards from a token classifier with one label: a step's reward is the score at its last token.
///
/// Served by vLLM's `/pooling` for any `*ForTokenClassification` checkpoint.
struct TokenClassification: Sendable {
    func ask(_ wanted: Scoring, prompt: ProblemPrompt, of session: ModelSession) async throws -> Scored {
        let promptTokens = try await session.tokens(of: prompt)
        let ids = try await session.tokens(of: prompt, steps: wanted.steps)
        guard ids.count <= session.contextLength else {
            throw Unanswerable(
                reason: "the solution has \(ids.count) tokens for the PRM, whose context holds \(session.contextLength)"
            )
        }
        let pieces = try await session.pieces(of: ids[promptTokens.count...])
        var counts = session.splitter.tokenCounts(pieces: pieces)
        if counts.last == 0 { counts.removeLast() }
        guard counts.count == wanted.steps.count else {
            throw Unanswerable(
                reason: "the PRM's tokens hold \(counts.count) steps where there are \(wanted.steps.count)")
        }
        let scores = try await session.client.pool(ids)
        guard scores.count == ids.count, scores.allSatisfy({ $0.count == 1 }) else {
            throw Nonsense(description: "the PRM gave \(scores.count) scores for \(ids.count) tokens")
        }
        var ends: [Int] = []
        for count in counts { ends.append((ends.last ?? promptTokens.count - 1) + count) }
        let rewards = wanted.unscored.map { scores[ends[$0]][0] }
        guard rewards.allSatisfy({ (0...1).contains($0) }) else {
            throw Nonsense(description: "the PRM gave a reward outside 0…1: \(rewards)")
        }
        return Scored(rewards: rewards, tokens: wanted.unscored.map { counts[$0] }, promptTokens: ids.count)
    }
}

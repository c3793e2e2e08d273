import ModelLifecycle

/// Rewards from a token classifier with one label: a step's reward is the score at its last token.
///
/// Served by vLLM's `/pooling` for any `*ForTokenClassification` checkpoint.
struct TokenClassification: OnePassScorer {
    let overlong: OverlongPolicy

    func task() -> EngineTask { .score(ScoringSetup()) }

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        let head = try await session.tokens(of: problem)
        let ids = try await session.tokens(of: problem, steps: steps)
        let pieces = try await session.pieces(of: ids[head.count...])
        var counts = session.splitter.tokenCounts(pieces: pieces)
        if counts.last == 0 { counts.removeLast() }
        var ends: [Int] = []
        for count in counts { ends.append((ends.last ?? head.count - 1) + count) }
        return Reading(tokens: ids, head: head.count, ends: ends)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}

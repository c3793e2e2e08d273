import ModelLifecycle

/// What token ids of a model stand for, asked of its engine once.
actor TokenPieces {
    private var known: [[Int]: String] = [:]
    /// What is being asked; opened when the answer is there, or there will be none.
    private var asked: [[Int]: Latch<Void>] = [:]

    /// What each of `ids` stands for by itself, in order.
    func pieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String] {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in Set(ids) where known[[id]] == nil {
                group.addTask { _ = try await self.text(of: [id], from: client) }
            }
            try await group.waitForAll()
        }
        return ids.compactMap { known[[$0]] }
    }

    /// What tokens stand for together.
    func text(of ids: [Int], from client: EngineClient) async throws -> String {
        // Who waits for another's question asks for himself where it failed: an engine that is gone must not answer for the
        // next one.
        while known[ids] == nil, let other = asked[ids] { try await other.wait() }
        if let text = known[ids] { return text }
        let question = Latch<Void>()
        asked[ids] = question
        defer {
            asked[ids] = nil
            question.set(())
        }
        let text = try await client.detokenize(ids)
        known[ids] = text
        return text
    }
}

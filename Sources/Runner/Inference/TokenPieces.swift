import ModelLifecycle

/// What token ids of a model stand for, asked of its engine once.
struct TokenPieces: Sendable {
    private let texts = OnceOnly<[Int], String>()

    /// What each of `ids` stands for by itself, in order.
    func pieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String] {
        let missing = await texts.unknown(of: Set(ids.map { [$0] }))
        // All end here, also where one fails: none may still be asking this engine when its successor is asked.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ids in missing { group.addTask { _ = try await text(of: ids, from: client) } }
            try await group.waitForAll()
        }
        return await texts.answers(to: ids.map { [$0] })
    }

    /// What tokens stand for together.
    func text(of ids: [Int], from client: EngineClient) async throws -> String {
        try await texts.answer(to: ids) { try await client.detokenize(ids) }
    }
}

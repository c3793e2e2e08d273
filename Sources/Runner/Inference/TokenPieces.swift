import ModelLifecycle

/// The text of token ids, each requested from the model's engine once.
struct TokenPieces: Sendable {
    private let texts = OnceOnly<[Int], String>()

    /// The text of each of `ids` alone, in order.
    func pieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String] {
        // A response has the same tokens many times.
        let distinct = Array(Set(ids))
        let missing = await texts.unknown(of: distinct.map { [$0] })
        // Wait for all, also after a failure: no request may still be running when the engine's successor gets one.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ids in missing { group.addTask { _ = try await text(of: ids, from: client) } }
            try await group.waitForAll()
        }
        let known = Dictionary(uniqueKeysWithValues: zip(distinct, await texts.answers(to: distinct.map { [$0] })))
        return ids.compactMap { known[$0] }
    }

    /// The text of tokens together.
    func text(of ids: [Int], from client: EngineClient) async throws -> String {
        try await texts.answer(to: ids) { try await client.detokenize(ids) }
    }
}

import ModelLifecycle

/// What each token id of a model stands for by itself, asked of its engine once an id.
actor TokenPieces {
    private var known: [Int: String] = [:]
    private var asked: [Int: Task<Void, any Error>] = [:]

    /// The pieces of `ids`, in order.
    func pieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String] {
        let missing = Set(ids).filter { known[$0] == nil }
        let tasks = missing.map { question(about: $0, to: client) }
        // All of them, also where one fails: none may still be asking this engine when its successor is asked.
        for task in tasks { _ = await task.result }
        for task in tasks { try await task.value }
        return ids.compactMap { known[$0] }
    }

    private func question(about id: Int, to client: EngineClient) -> Task<Void, any Error> {
        if let task = asked[id] { return task }
        let task = Task {
            // Before anyone learns how it ended: an engine that is gone must not answer for the next one.
            defer { asked[id] = nil }
            known[id] = try await client.detokenize([id])
        }
        asked[id] = task
        return task
    }
}

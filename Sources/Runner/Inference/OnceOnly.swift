import Support

/// Answers that do not change, each asked for once, however many wait for it.
actor OnceOnly<Key: Hashable & Sendable, Answer: Sendable> {
    private var known: [Key: Answer] = [:]
    /// What is being asked: opened when the answer is there, or there will be none.
    private var asked: [Key: Latch<Void>] = [:]

    /// The answers that are known, in the order of their keys.
    func answers(to keys: some Sequence<Key> & Sendable) -> [Answer] { keys.compactMap { known[$0] } }

    /// Those of the keys whose answers are not known.
    func unknown(of keys: Set<Key>) -> Set<Key> { keys.filter { known[$0] == nil } }

    /// The answer to a question.
    ///
    /// - Parameter ask: is not called where somebody else asks the same; where that fails, whoever waited asks for himself,
    ///   since his engine may be another.
    func answer(to key: Key, ask: @Sendable () async throws -> Answer) async throws -> Answer {
        while known[key] == nil, let other = asked[key] { try await other.wait() }
        if let answer = known[key] { return answer }
        let question = Latch<Void>()
        asked[key] = question
        defer {
            asked[key] = nil
            question.set(())
        }
        let answer = try await ask()
        known[key] = answer
        return answer
    }
}

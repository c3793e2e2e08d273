import Support

/// A cache of constant answers: each is requested once, however many callers wait for it.
actor OnceOnly<Key: Hashable & Sendable, Answer: Sendable> {
    private var known: [Key: Answer] = [:]
    /// Requests in progress; the latch opens when the answer is there or the request has failed.
    private var asked: [Key: Latch<Void>] = [:]

    /// The known answers, in the order of their keys.
    func answers(to keys: some Sequence<Key> & Sendable) -> [Answer] { keys.compactMap { known[$0] } }

    /// The keys without a known answer.
    func unknown(of keys: [Key]) -> [Key] { keys.filter { known[$0] == nil } }

    /// Returns the answer for a key.
    ///
    /// - Parameter ask: not called if another caller is asking for the same key. If that call fails, each waiting caller makes its
    ///   own, since its engine may be a different one.
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

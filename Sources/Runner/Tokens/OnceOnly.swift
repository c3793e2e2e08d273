import Support

/// A cache of constant answers: each is requested once, however many callers wait for it.
actor OnceOnly<Key: Hashable & Sendable, Value: Sendable> {
    private var known: Recent<Key, Value>
    /// Requests in progress; the latch opens when the answer is there or the request has failed.
    private var asked: [Question: Latch<Void>] = [:]

    private struct Question: Hashable {
        var key: Key
        var asker: ObjectIdentifier?
    }

    /// - Parameters:
    ///   - limit: the weight of the answers to keep.
    ///   - weight: of an answer.
    init(limit: Int = .max, weight: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        known = Recent(limit: limit, weight: weight)
    }

    /// The known answers, in the order of their keys.
    func answers(to keys: some Sequence<Key> & Sendable) -> [Value] { keys.compactMap { known.answer(to: $0) } }

    /// The keys without a known answer.
    func unknown(of keys: [Key]) -> [Key] { keys.filter { known.answer(to: $0) == nil } }

    /// Returns the answer for a key.
    ///
    /// - Parameters:
    ///   - asker: callers with another one are not waited for: their engine may hang.
    ///   - ask: not called if another caller is asking for the same key. If that call fails, each waiting caller makes its own, since
    ///     its engine may be a different one.
    func answer(
        to key: Key, by asker: ObjectIdentifier? = nil, ask: @Sendable () async throws -> Value
    ) async throws -> Value {
        if let answer = known.answer(to: key) { return answer }
        let question = Question(key: key, asker: asker)
        while let other = asked[question] {
            try await other.wait()
            if let answer = known.answer(to: key) { return answer }
        }
        let latch = Latch<Void>()
        asked[question] = latch
        defer {
            asked[question] = nil
            latch.set(())
        }
        let answer = try await ask()
        known.add(answer, to: key)
        return answer
    }

    func forgetAll() { known.forgetAll() }
}

/// Answers up to a weight; those that were not used for the longest time are forgotten.
private struct Recent<Key: Hashable, Value> {
    let limit: Int
    let weight: (Value) -> Int
    /// Used since the last change of the two, and not since then.
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]
    private var recentWeight = 0

    init(limit: Int, weight: @escaping (Value) -> Int) {
        (self.limit, self.weight) = (limit, weight)
    }

    mutating func answer(to key: Key) -> Value? {
        if let answer = recent[key] { return answer }
        guard let answer = older.removeValue(forKey: key) else { return nil }
        add(answer, to: key)
        return answer
    }

    mutating func add(_ answer: Value, to key: Key) {
        recent[key] = answer
        recentWeight += weight(answer)
        guard recentWeight > limit / 2 else { return }
        (older, recent, recentWeight) = (recent, [:], 0)
    }

    mutating func forgetAll() { (recent, older, recentWeight) = ([:], [:], 0) }
}

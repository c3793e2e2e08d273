import Support
import Synchronization

/// A cache of constant answers: each is requested once, however many callers wait for it.
final class OnceOnly<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var known: Recent<Key, Value>
        /// Requests in progress; the latch opens when the answer is there or the request has failed.
        var asked: [Question: Latch<Void>] = [:]
    }

    /// A lock, not an actor: nearly always the answer is known, and nobody has to wait for a turn.
    private let state: Mutex<State>

    private struct Question: Hashable {
        var key: Key
        var asker: ObjectIdentifier?
    }

    /// - Parameters:
    ///   - limit: the weight of the answers to keep.
    ///   - weight: of an answer.
    init(limit: Int = .max, weight: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        state = Mutex(State(known: Recent(limit: limit, weight: weight)))
    }

    /// The answer, if it is known.
    func known(_ key: Key) -> Value? { state.withLock { $0.known.answer(to: key) } }

    /// Returns the answer for a key.
    ///
    /// - Parameters:
    ///   - asker: callers with another one are not waited for: their engine may hang.
    ///   - ask: not called if another caller is asking for the same key. If that call fails, each waiting caller makes its own, since
    ///     its engine may be a different one.
    func answer(
        to key: Key, by asker: ObjectIdentifier? = nil, ask: @Sendable () async throws -> Value
    ) async throws -> Value {
        if let answer = known(key) { return answer }
        let question = Question(key: key, asker: asker)
        let latch = Latch<Void>()
        while true {
            let (answer, other) = state.withLock { state in
                let (answer, other) = (state.known.answer(to: key), state.asked[question])
                if answer == nil, other == nil { state.asked[question] = latch }
                return (answer, other)
            }
            if let answer { return answer }
            guard let other else { break }
            try await other.wait()
        }
        defer {
            state.withLock { $0.asked[question] = nil }
            latch.set(())
        }
        let answer = try await ask()
        state.withLock { $0.known.add(answer, to: key) }
        return answer
    }

    func forgetAll() { state.withLock { $0.known.forgetAll() } }
}

/// Answers up to a weight; those that were not used for the longest time are forgotten.
private struct Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    let limit: Int
    let weight: @Sendable (Value) -> Int
    /// Used since the last change of the two, and not since then.
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]
    private var recentWeight = 0

    init(limit: Int, weight: @escaping @Sendable (Value) -> Int) {
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

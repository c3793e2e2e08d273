import DequeModule

/// The requests to one engine. Each engine of a group has a queue of its own, so that none waits for another.
struct EngineQueue: Sendable {
    private(set) var waiting: Deque<RequestFingerprint> = []
    /// Asked, and not answered or not recorded yet.
    private(set) var running: Set<RequestFingerprint> = []
    /// Were running when an engine went away, or the run was to stop.
    private(set) var dropped: [RequestFingerprint] = []
    private(set) var policy: FailurePolicy

    /// - Parameter limit: requests to have running at most.
    init(limit: Int) {
        policy = FailurePolicy(limit: limit)
    }

    /// Requests to have running at most, at this moment.
    var limit: Int { policy.limit }
    var isEmpty: Bool { waiting.isEmpty && running.isEmpty && dropped.isEmpty }

    mutating func add(_ requests: some Sequence<RequestFingerprint>) { waiting.append(contentsOf: requests) }

    /// The next that may run: it runs from now on.
    ///
    /// - Parameter isNeeded: those for which nobody waits are passed over.
    mutating func next(where isNeeded: (RequestFingerprint) -> Bool) -> RequestFingerprint? {
        guard running.count < limit else { return nil }
        while let request = waiting.popFirst() {
            guard isNeeded(request) else { continue }
            running.insert(request)
            return request
        }
        return nil
    }

    mutating func succeed(_ request: RequestFingerprint) {
        running.remove(request)
        policy.success(request)
    }

    /// An attempt failed though the engine lives: it is repeated now, or waits for a fresh engine.
    mutating func fail(_ request: RequestFingerprint, reason: String) {
        running.remove(request)
        if policy.failure(request, reason: reason) { waiting.append(request) }
    }

    /// It is not asked again.
    mutating func remove(_ request: RequestFingerprint) { running.remove(request) }

    mutating func drop(_ request: RequestFingerprint) {
        running.remove(request)
        dropped.append(request)
    }

    /// The engine died or hung.
    ///
    /// - Returns: false where it is of no use.
    mutating func engineDown(how: String) -> Bool {
        guard let again = policy.engineDown(running: dropped, how: how) else { return false }
        dropped = again
        return true
    }

    /// Has those that were dropped asked again before all others.
    mutating func takeBackDropped() {
        waiting.prepend(contentsOf: dropped)
        dropped = []
    }

    /// What to do when nothing is left to ask.
    mutating func conclude() -> FailurePolicy.Conclusion { policy.conclude() }
}

import DequeModule

/// The requests to one engine. Each engine of a group has a queue of its own, so that none waits for another.
struct EngineQueue: Sendable {
    private var waiting: Deque<RequestFingerprint> = []
    /// Asked, and not answered or not recorded yet, with the slots that each takes.
    private var slots: [RequestFingerprint: Int] = [:]
    /// Were running when an engine went away, or the run was to stop.
    private(set) var dropped: [RequestFingerprint] = []
    private var policy: FailurePolicy
    /// Slots that are taken.
    private(set) var load = 0

    /// - Parameter limit: slots to have taken at most.
    init(limit: Int) {
        policy = FailurePolicy(limit: limit)
    }

    /// Slots to have taken at most, at this moment; a request that takes more runs alone.
    var limit: Int { policy.limit }
    var running: some Collection<RequestFingerprint> { slots.keys }
    var isIdle: Bool { slots.isEmpty }
    var isEmpty: Bool { waiting.isEmpty && slots.isEmpty && dropped.isEmpty }

    func isRunning(_ request: RequestFingerprint) -> Bool { slots[request] != nil }

    mutating func add(_ requests: some Sequence<RequestFingerprint>) { waiting.append(contentsOf: requests) }

    /// The next request, where there is room for it: it runs from now on.
    ///
    /// - Parameter slots: that a request takes; nil passes it over.
    mutating func next(slots: (RequestFingerprint) -> Int?) -> RequestFingerprint? {
        while load < limit, let request = waiting.first {
            if let slots = slots(request) {
                guard isIdle || slots <= limit - load else { return nil }
                self.slots[request] = slots
                load += slots
                waiting.removeFirst()
                return request
            }
            waiting.removeFirst()
        }
        return nil
    }

    mutating func succeed(_ request: RequestFingerprint) {
        remove(request)
        policy.success(request)
    }

    /// An attempt failed though the engine lives: it is repeated now, or waits for a fresh engine.
    mutating func fail(_ request: RequestFingerprint, reason: String) {
        remove(request)
        if policy.failure(request, reason: reason) { waiting.append(request) }
    }

    /// It is not asked again.
    mutating func remove(_ request: RequestFingerprint) { load -= slots.removeValue(forKey: request) ?? 0 }

    mutating func drop(_ request: RequestFingerprint) {
        remove(request)
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

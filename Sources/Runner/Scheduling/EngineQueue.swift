import DequeModule
import RunStore

/// The requests to one engine. Each engine of a group has its own queue, so that none waits for another.
struct EngineQueue: Sendable {
    private var waiting: Deque<RequestFingerprint> = []
    /// The same, to look up.
    private var places: Set<RequestFingerprint> = []
    /// Requests that follow others in ``waiting``.
    private var successors: [RequestFingerprint: RequestFingerprint] = [:]
    /// Requests sent that are not yet answered or recorded, with the slots that each takes.
    private var slots: [RequestFingerprint: Int] = [:]
    /// Requests that were running when an engine stopped or the run was asked to stop.
    private(set) var dropped: [RequestFingerprint] = []
    private var policy: FailurePolicy
    /// Maximum number of slots that the engine can use well now.
    var useful: Int
    /// Number of slots taken.
    private(set) var load = 0

    /// - Parameters:
    ///   - limit: maximum number of slots to take.
    ///   - useful: see ``useful``.
    init(limit: Int, useful: Int = .max) {
        policy = FailurePolicy(limit: limit)
        self.useful = useful
    }

    /// Current maximum of slots; a request that needs more runs alone.
    var limit: Int { min(policy.limit, useful) }
    var running: some Collection<RequestFingerprint> { slots.keys }
    var isIdle: Bool { slots.isEmpty }
    var isEmpty: Bool { waiting.isEmpty && slots.isEmpty && dropped.isEmpty }

    func isRunning(_ request: RequestFingerprint) -> Bool { slots[request] != nil }

    /// Adds requests that neither wait nor run: an answer goes to all who wait for it by then.
    mutating func add(_ requests: some Sequence<RequestFingerprint>) {
        for request in requests where slots[request] == nil && places.insert(request).inserted {
            waiting.append(request)
        }
    }

    /// - Parameter earlier: a request that is likely not to be needed any more: if it waits, the new one takes its place.
    mutating func add(_ request: RequestFingerprint, inPlaceOf earlier: RequestFingerprint?) {
        if let earlier, places.contains(earlier), successors[earlier] == nil, slots[request] == nil,
            !places.contains(request)
        {
            successors[earlier] = request
        } else {
            add([request])
        }
    }

    /// Starts the next request, if there is room for it.
    ///
    /// - Parameter slots: slots that a request takes; nil skips it.
    mutating func next(slots: (RequestFingerprint) -> Int?) -> RequestFingerprint? {
        while load < limit, let request = waiting.first {
            if let slots = slots(request) {
                guard isIdle || slots <= limit - load else { return nil }
                self.slots[request] = slots
                load += slots
                removeFirst()
                return request
            }
            removeFirst()
        }
        return nil
    }

    private mutating func removeFirst() {
        let request = waiting.removeFirst()
        places.remove(request)
        guard let next = successors.removeValue(forKey: request), slots[next] == nil, places.insert(next).inserted
        else { return }
        waiting.prepend(next)
    }

    mutating func succeed(_ request: RequestFingerprint) {
        remove(request)
        policy.success(request)
    }

    /// An attempt failed although the engine is alive: it is retried now, or after a restart.
    mutating func fail(_ request: RequestFingerprint, reason: String) {
        remove(request)
        if policy.failure(request, reason: reason) { add([request]) }
    }

    /// The request is finished.
    mutating func remove(_ request: RequestFingerprint) { load -= slots.removeValue(forKey: request) ?? 0 }

    mutating func drop(_ request: RequestFingerprint) {
        remove(request)
        dropped.append(request)
    }

    /// The engine died or hung.
    ///
    /// - Returns: false if the engine is useless.
    mutating func engineDown(how: String) -> Bool {
        guard let again = policy.engineDown(running: dropped, how: how) else { return false }
        dropped = again
        return true
    }

    /// Puts dropped requests before all others.
    mutating func takeBackDropped() {
        waiting.prepend(contentsOf: dropped)
        places.formUnion(dropped)
        dropped = []
    }

    /// Decides what to do when no requests are left.
    mutating func conclude() -> FailurePolicy.Conclusion { policy.conclude() }
}

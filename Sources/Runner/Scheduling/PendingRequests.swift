import Decoding
import RunStore

/// A trajectory that waits for a response for one of its candidates.
struct Waiter: Sendable, Hashable {
    var id: TrajectoryID
    /// As what it needs the response: two roles may have the same model.
    var role: Role
    var candidate: Int
    /// The request of the solution that is being written, if its steps are to be judged meanwhile.
    var draft: RequestFingerprint?
}

/// The requests without a response, and the trajectories that wait for each.
struct PendingRequests: Sendable {
    private var requests: [RequestFingerprint: InferenceRequest] = [:]
    private var waiting: [RequestFingerprint: [Waiter]] = [:]
    /// Includes responses that are not recorded yet.
    private var open: [TrajectoryID: [Waiter: RequestFingerprint]] = [:]

    /// nil if no trajectory waits for it any more.
    subscript(fingerprint: RequestFingerprint) -> InferenceRequest? { requests[fingerprint] }

    func isOpen(_ waiter: Waiter) -> Bool { open[waiter.id]?[waiter] != nil }

    /// In order of arrival.
    func waiters(for fingerprint: RequestFingerprint) -> [Waiter] { waiting[fingerprint] ?? [] }

    /// - Returns: whether the request is new.
    mutating func add(_ request: InferenceRequest, for waiter: Waiter) -> Bool {
        open[waiter.id, default: [:]][waiter] = request.fingerprint
        waiting[request.fingerprint, default: []].append(waiter)
        if requests[request.fingerprint] != nil { return false }
        requests[request.fingerprint] = request
        return true
    }

    /// A trajectory's response has arrived: it no longer waits, and sends no new request until the response is recorded.
    mutating func serve(_ waiter: Waiter, _ fingerprint: RequestFingerprint) {
        open[waiter.id, default: [:]][waiter] = fingerprint
        forget(waiter, fingerprint)
    }

    mutating func close(_ waiter: Waiter) {
        guard let fingerprint = open[waiter.id]?.removeValue(forKey: waiter) else { return }
        if open[waiter.id]?.isEmpty == true { open[waiter.id] = nil }
        forget(waiter, fingerprint)
    }

    /// Removes everything that a trajectory waits for.
    mutating func closeAll(of id: TrajectoryID) {
        for waiter in (open[id] ?? [:]).keys { close(waiter) }
    }

    private mutating func forget(_ waiter: Waiter, _ fingerprint: RequestFingerprint) {
        guard waiting[fingerprint] != nil else { return }
        waiting[fingerprint]?.removeAll { $0 == waiter }
        guard waiting[fingerprint]?.isEmpty == true else { return }
        waiting[fingerprint] = nil
        requests[fingerprint] = nil
    }
}

import Decoding
import JobSpecs
import RunStore

/// Responses of models so far: two trajectories with the same request get the same response, and it is sent once.
package struct ResponseCache: Sendable {
    private var responses: [RequestFingerprint: Event] = [:]
    /// False if no two trajectories share a problem: then none can use another's response.
    private let isOfUse: Bool

    package init(_ job: JobSpec) {
        isOfUse = job.methods.count * job.seeds.count > 1
    }

    /// - Parameter records: all that the journal holds.
    /// - Throws: ``ForeignEvent``.
    package init(_ job: LoadedJob, answeredIn records: [JournalRecord]) throws {
        var cache = ResponseCache(job.spec)
        if cache.isOfUse {
            var trajectories = TrajectorySet(job)
            _ = try trajectories.replay(records) { event, need, id in
                cache.add(event, answering: InferenceRequest(need, of: id, in: job.spec).fingerprint)
            }
        }
        self = cache
    }

    /// The response to a request, for the candidate that it was sent for.
    subscript(fingerprint: RequestFingerprint) -> Event? { responses[fingerprint] }

    /// - Parameter fingerprint: evaluated only if needed: it is a hash of the whole request.
    mutating func add(_ event: Event, answering fingerprint: @autoclosure () -> RequestFingerprint) {
        guard isOfUse, event.isAnswer else { return }
        responses[fingerprint()] = event
    }
}

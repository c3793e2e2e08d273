import Decoding
import JobSpecs

/// What models have answered so far: two trajectories that need the same get the same response, and it is asked for once.
package struct ResponseCache: Sendable {
    private var responses: [RequestFingerprint: Event] = [:]
    /// Where no two trajectories are about the same problem, none can need what another got.
    private let isOfUse: Bool

    package init(_ job: JobSpec) {
        isOfUse = job.methods.count * job.seeds.count > 1
    }

    /// The response to a request, for the candidate that it was about.
    subscript(fingerprint: RequestFingerprint) -> Event? { responses[fingerprint] }

    /// - Parameter fingerprint: made only where it is of use: it is a hash of all that was sent.
    mutating func add(_ event: Event, answering fingerprint: @autoclosure () -> RequestFingerprint) {
        guard isOfUse, event.isAnswer else { return }
        responses[fingerprint()] = event
    }
}

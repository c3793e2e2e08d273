import Synchronization

/// Asks a running request to end early.
final class Cancellation: Sendable {
    /// The client has disconnected.
    struct Abandoned: Error {}

    private let abandoned = Atomic(false)
    private let aborted = Atomic(false)
    private let broken = Atomic(false)

    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }
    /// Respond with what is there (`finish_reason` "abort").
    var isAborted: Bool { aborted.load(ordering: .relaxed) }
    /// Whether a streamed response breaks off in the middle, which is a fault.
    var breaksOff: Bool { broken.load(ordering: .relaxed) }

    func breakOff() { broken.store(true, ordering: .relaxed) }
    func abandon() { abandoned.store(true, ordering: .relaxed) }
    func abort() { aborted.store(true, ordering: .relaxed) }

    func checkAbandoned() throws(Abandoned) {
        if isAbandoned { throw Abandoned() }
    }
}

/// The number of requests that an engine takes at once.
package struct EngineCapacity: Sendable, Hashable {
    /// Sequences that run at the same time.
    package let sequences: Int
    /// Limit on running and waiting requests, above which it refuses more; nil without a limit.
    package let mostRequests: Int?

    package init(sequences: Int, mostRequests: Int? = nil) {
        self.sequences = max(1, sequences)
        self.mostRequests = mostRequests.map { max(1, $0) }
    }

    /// Requests to keep in flight so that the engine always runs its full number of sequences: those and a short queue.
    package var inFlight: Int { min(sequences.plus(queue), mostRequests ?? .max) }

    /// Covers the sequences that end while a response is written to disk, before the next request replaces it. A
    /// fraction of the batch, but with a minimum: a small batch may end all at once.
    /// meanwhile; a small batch may end whole.
    private var queue: Int { max(16, sequences / 8) }
}

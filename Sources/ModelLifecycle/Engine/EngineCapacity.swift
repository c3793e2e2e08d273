/// How many requests an engine takes on at once.
package struct EngineCapacity: Sendable, Hashable {
    /// Sequences that it runs side by side.
    package let sequences: Int
    /// Requests, running and waiting, beyond which it refuses more; nil where any number may wait.
    package let mostRequests: Int?

    package init(sequences: Int, mostRequests: Int? = nil) {
        self.sequences = max(1, sequences)
        self.mostRequests = mostRequests.map { max(1, $0) }
    }

    /// Requests to keep in flight so that it always has its full number to run: those, and a short queue.
    package var inFlight: Int { min(sequences.plus(queue), mostRequests ?? .max) }

    /// An answer must be on the disk before the next request takes its place. As a part of the batch, that is for what ends
    /// meanwhile; a small batch may end whole.
    private var queue: Int { max(16, sequences / 8) }
}

/// What an engine did.
package struct EngineTally: Sendable {
    package struct Iteration: Sendable {
        package var begin: Double
        package var seconds: Double
        package var sequences: Int
        package var isFull: Bool
    }

    package private(set) var iterations: [Iteration] = []
    /// Counts of engines with this role that have ended.
    package var ended = BatchScheduler.Counts()

    package init() {}

    mutating func add(_ batch: Batch, from begin: Double, seconds: Double, isFull: Bool) {
        iterations.append(
            Iteration(begin: begin, seconds: seconds, sequences: batch.sequences, isFull: isFull))
    }

    /// Seconds on the GPU.
    package var seconds: Double { iterations.reduce(0) { $0 + $1.seconds } }

    /// Seconds on the GPU, and those of them with full batches, of iterations that began before `end`.
    package func working(until end: Double) -> (all: Double, full: Double) {
        iterations.reduce(into: (0, 0)) { sum, iteration in
            guard iteration.begin < end else { return }
            sum.0 += iteration.seconds
            if iteration.isFull { sum.1 += iteration.seconds }
        }
    }
}

extension BatchScheduler.Counts {
    static func += (sum: inout Self, other: Self) {
        sum.preemptions += other.preemptions
        sum.queriedTokens += other.queriedTokens
        sum.cachedTokens += other.cachedTokens
        sum.computedTokens += other.computedTokens
        sum.writtenTokens += other.writtenTokens
    }
}

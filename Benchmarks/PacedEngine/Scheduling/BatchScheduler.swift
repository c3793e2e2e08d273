import DequeModule

/// Continuous batching as in vLLM's V1 scheduler: each iteration runs every running sequence for one token, and reads prompts in chunks
/// with what is left of its tokens. A sequence for which the cache has no room displaces the last one, which starts over later.
package struct BatchScheduler: Sendable {
    package static let blockTokens = 16

    package struct Limits: Sendable, Equatable {
        /// vLLM's `max_num_seqs`.
        package var sequences: Int
        /// vLLM's `max_num_batched_tokens`.
        package var batchedTokens: Int
        /// Of ``blockTokens`` tokens each.
        package var blocks: Int
        /// Whether prompts are taken from the cache.
        package var readsPrefixes: Bool

        package init(sequences: Int, batchedTokens: Int, blocks: Int, readsPrefixes: Bool) {
            self.sequences = sequences
            self.batchedTokens = batchedTokens
            self.blocks = blocks
            self.readsPrefixes = readsPrefixes
        }
    }

    /// A request, with the tokens that the engine will write.
    package struct Work: Sendable {
        package var id: Int
        package var prompt: [Int]
        /// Empty for a request that only reads.
        package var output: [Int]

        package init(id: Int, prompt: [Int], output: [Int]) {
            self.id = id
            self.prompt = prompt
            self.output = output
        }
    }

    /// What an iteration did for a request.
    package struct Progress: Sendable, Equatable {
        package var id: Int
        /// Tokens written so far.
        package var written: Int
        package var isDone: Bool
    }

    /// Counts since the engine's start, as vLLM's metrics have them.
    package struct Counts: Sendable, Equatable {
        package var preemptions = 0
        /// Tokens of prompts, and those that were in the cache.
        package var queriedTokens = 0
        package var cachedTokens = 0
        /// Tokens that iterations computed, read and written.
        package var computedTokens = 0
        package var writtenTokens = 0

        package init() {}
    }

    private struct Sequence: Sendable {
        let id: Int
        let tokens: [Int]
        let outputCount: Int
        /// Tokens of the prompt, and those written.
        var known: Int
        /// Tokens whose keys and values are in the cache.
        var computed = 0
        var scheduled = 0
        var blocks: [Int] = []
        /// Of each full block of ``tokens``.
        let hashes: [UInt64]
        var isNew = true

        init(_ work: Work, hashes: [UInt64]) {
            id = work.id
            tokens = work.prompt + work.output
            outputCount = work.output.count
            known = work.prompt.count
            self.hashes = hashes
        }

        var written: Int { known - (tokens.count - outputCount) }
    }

    package let limits: Limits
    package private(set) var counts = Counts()
    private var cache: BlockCache
    private var running: [Sequence] = []
    private var waiting: Deque<Sequence> = []

    package init(_ limits: Limits) {
        self.limits = limits
        cache = BlockCache(blocks: limits.blocks)
    }

    package var runningCount: Int { running.count }
    package var waitingCount: Int { waiting.count }
    package var isIdle: Bool { running.isEmpty && waiting.isEmpty }
    /// The part of the cache that requests use.
    package var cacheUse: Double { cache.count == 0 ? 0 : 1 - Double(cache.free) / Double(cache.count) }

    /// Whether the cache can hold a request at all.
    package func canHold(_ work: Work) -> Bool { blocks(for: work.prompt.count + work.output.count) <= limits.blocks }

    /// - Precondition: the cache can hold it.
    package mutating func add(_ work: Work) {
        waiting.append(Sequence(work, hashes: Self.hashes(of: work.prompt + work.output)))
    }

    /// Ends a request; its blocks are free for the next iteration.
    package mutating func abort(_ id: Int) {
        if let place = running.firstIndex(where: { $0.id == id }) {
            cache.release(running.remove(at: place).blocks)
        } else if let place = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: place)
        }
    }

    package mutating func forgetPrefixes() { cache.forget() }

    // MARK: An iteration

    /// Begins an iteration.
    ///
    /// - Returns: nil if there is nothing to do.
    package mutating func schedule() -> Batch? {
        var batch = Batch()
        var budget = limits.batchedTokens
        var hasPreempted = false
        var index = 0
        while index < running.count, budget > 0 {
            let wanted = min(running[index].known - running[index].computed, budget)
            let missing = blocks(for: running[index].computed + wanted) - running[index].blocks.count
            guard let more = cache.take([], new: max(0, missing)) else {
                preemptLast()
                hasPreempted = true
                continue
            }
            running[index].blocks += more
            schedule(wanted, at: index, &batch, &budget)
            index += 1
        }
        if !hasPreempted { admit(&batch, &budget) }
        guard batch.sequences > 0 else { return nil }
        batch.isSaturated = budget == 0 || running.count >= limits.sequences || !waiting.isEmpty
        return batch
    }

    private mutating func admit(_ batch: inout Batch, _ budget: inout Int) {
        while budget > 0, running.count < limits.sequences, var next = waiting.first {
            // The last token is always computed, for what follows it.
            let reused =
                limits.readsPrefixes
                ? cache.lookUp(next.hashes.prefix((next.known - 1) / Self.blockTokens)) : []
            let cached = reused.count * Self.blockTokens
            let wanted = min(next.known - cached, budget)
            guard let blocks = cache.take(reused, new: blocks(for: cached + wanted) - reused.count) else { return }
            waiting.removeFirst()
            if next.isNew {
                counts.queriedTokens += next.known
                counts.cachedTokens += cached
            }
            next.isNew = false
            next.blocks = blocks
            next.computed = cached
            running.append(next)
            schedule(wanted, at: running.count - 1, &batch, &budget)
        }
    }

    private mutating func schedule(_ tokens: Int, at index: Int, _ batch: inout Batch, _ budget: inout Int) {
        running[index].scheduled = tokens
        budget -= tokens
        batch.sequences += 1
        batch.tokens += tokens
        batch.contextTokens += running[index].computed
    }

    /// The last running sequence starts over when there is room. Its blocks stay known, as far as nobody takes them.
    private mutating func preemptLast() {
        var last = running.removeLast()
        cache.release(last.blocks)
        last.blocks = []
        waiting.prepend(last)
        counts.preemptions += 1
    }

    /// Ends the iteration that was begun last.
    package mutating func complete() -> [Progress] {
        var progress: [Progress] = []
        var done = false
        for index in running.indices where running[index].scheduled > 0 {
            let before = running[index].computed / Self.blockTokens
            running[index].computed += running[index].scheduled
            counts.computedTokens += running[index].scheduled
            running[index].scheduled = 0
            let full = running[index].computed / Self.blockTokens
            for block in before..<full { cache.name(running[index].blocks[block], running[index].hashes[block]) }
            guard running[index].computed == running[index].known else { continue }
            if running[index].outputCount > 0 {
                running[index].known += 1
                counts.writtenTokens += 1
            }
            let isDone = running[index].written == running[index].outputCount
            progress.append(Progress(id: running[index].id, written: running[index].written, isDone: isDone))
            guard isDone else { continue }
            done = true
            cache.release(running[index].blocks)
            running[index].blocks = []
        }
        if done {
            // A sequence that is done is the only one that runs without blocks.
            running.removeAll { $0.blocks.isEmpty }
        }
        return progress
    }

    private func blocks(for tokens: Int) -> Int { (tokens + Self.blockTokens - 1) / Self.blockTokens }

    private static func hashes(of tokens: [Int]) -> [UInt64] {
        var hash: UInt64 = 0
        var hashes: [UInt64] = []
        for (place, token) in tokens.enumerated() {
            hash = SplitMix64.mixed(hash, token)
            if (place + 1) % blockTokens == 0 { hashes.append(hash) }
        }
        return hashes
    }
}

import PacedEngine
import TestSupport
import Testing

/// Continuous batching of paced engines. A mistake here would falsify what is measured on them.
@Suite("Paced engines batch as vLLM does") struct BatchSchedulerTests {
    private func scheduler(
        sequences: Int = 8, tokens: Int = 64, blocks: Int = 100, readsPrefixes: Bool = true
    ) -> BatchScheduler {
        BatchScheduler(
            BatchScheduler.Limits(
                sequences: sequences, batchedTokens: tokens, blocks: blocks, readsPrefixes: readsPrefixes))
    }

    private func work(_ id: Int, prompt: Int, output: Int) -> BatchScheduler.Work {
        // Prompts of different requests share nothing.
        BatchScheduler.Work(
            id: id, prompt: (0..<prompt).map { id * 1000 + $0 }, output: Array(repeating: 7, count: output))
    }

    /// Runs to the end.
    ///
    /// - Returns: the iterations, and the number of tokens of each request.
    private func drain(_ scheduler: inout BatchScheduler) -> (batches: [Batch], written: [Int: Int]) {
        var (batches, written) = ([Batch](), [Int: Int]())
        while let batch = scheduler.schedule(), batches.count < 100_000 {
            batches.append(batch)
            for progress in scheduler.complete() { written[progress.id] = progress.written }
        }
        return (batches, written)
    }

    @Test("a prompt is read in the iteration that writes the first token, and each further token takes one iteration")
    func oneRequest() {
        var scheduler = scheduler()
        scheduler.add(work(1, prompt: 20, output: 3))
        let (batches, written) = drain(&scheduler)
        #expect(batches.map(\.tokens) == [20, 1, 1])
        #expect(batches.map(\.contextTokens) == [0, 20, 21])
        #expect(written == [1: 3])
        #expect(scheduler.isIdle && scheduler.cacheUse == 0)
    }

    @Test("no more sequences run than allowed; the others wait, and join as soon as one ends")
    func fullBatch() {
        var scheduler = scheduler(sequences: 2)
        for id in 1...3 { scheduler.add(work(id, prompt: 4, output: id == 1 ? 2 : 4)) }
        let first = scheduler.schedule()
        #expect(first == Batch(sequences: 2, tokens: 8, contextTokens: 0, isSaturated: true))
        #expect(scheduler.runningCount == 2 && scheduler.waitingCount == 1)
        _ = scheduler.complete()
        let second = scheduler.schedule()
        let ended = scheduler.complete().filter(\.isDone)
        let third = scheduler.schedule()
        #expect(second?.tokens == 2 && ended.map(\.id) == [1] && third?.tokens == 1 + 4)
    }

    @Test("running sequences come first, and prompts are read in chunks with what they leave of an iteration's tokens")
    func chunks() {
        var scheduler = scheduler(tokens: 32)
        scheduler.add(work(1, prompt: 8, output: 10))
        _ = scheduler.schedule()
        _ = scheduler.complete()
        scheduler.add(work(2, prompt: 70, output: 1))
        var chunks: [Int] = []
        var ended = false
        while !ended, let batch = scheduler.schedule() {
            chunks.append(batch.tokens - 1)
            ended = scheduler.complete().contains { $0.id == 2 }
        }
        #expect(chunks == [31, 31, 8])
    }

    @Test("a batch is full if all its tokens are used, also with few sequences")
    func fullOfTokens() {
        for (prompt, isFull) in [(100, true), (32, true), (31, false)] {
            var scheduler = scheduler(tokens: 32)
            scheduler.add(work(1, prompt: prompt, output: 1))
            let batch = scheduler.schedule()
            #expect(batch?.isSaturated == isFull)
        }
    }

    @Test("where the cache is full, the last sequence makes room and starts over, with the tokens that it has written")
    func preemption() {
        // Each request ends with 4 blocks; both begin with 2.
        var scheduler = scheduler(blocks: 6, readsPrefixes: false)
        scheduler.add(work(1, prompt: 30, output: 30))
        scheduler.add(work(2, prompt: 30, output: 30))
        let (batches, written) = drain(&scheduler)
        #expect(written == [1: 30, 2: 30])
        #expect(scheduler.counts.preemptions == 1)
        #expect(scheduler.counts.writtenTokens == 60)
        // Both run until each needs its fourth block; the second reads its 48 tokens again.
        #expect(scheduler.counts.computedTokens == 2 * (30 + 29) + 48)
        #expect(batches.contains { $0.sequences == 1 && $0.isSaturated })
        #expect(scheduler.cacheUse == 0)
    }

    @Test("nobody is admitted in an iteration that displaced a sequence, not even in chunks")
    func noAdmissionAfterPreemption() {
        var scheduler = scheduler(sequences: 2, tokens: 20, blocks: 6, readsPrefixes: false)
        for id in 1...2 { scheduler.add(work(id, prompt: 40, output: 20)) }
        var batch: Batch?
        while scheduler.counts.preemptions == 0 {
            batch = scheduler.schedule()
            _ = scheduler.complete()
        }
        // Two blocks and 19 tokens are left, but not for the one that just lost its place.
        #expect(batch?.sequences == 1 && scheduler.waitingCount == 1)
    }

    @Test("a prompt that begins like an earlier one and its response is read from there on, in whole blocks")
    func prefixes() {
        var scheduler = scheduler()
        let first = BatchScheduler.Work(id: 1, prompt: Array(0..<40), output: Array(100..<130))
        scheduler.add(first)
        _ = drain(&scheduler)
        // 70 tokens, of which the last was never computed: 64 are in whole blocks.
        scheduler.add(BatchScheduler.Work(id: 2, prompt: first.prompt + first.output + [1, 2, 3], output: [5]))
        let batch = scheduler.schedule()
        #expect(batch?.tokens == 73 - 64)
        #expect(scheduler.counts.cachedTokens == 64 && scheduler.counts.queriedTokens == 40 + 73)
    }

    @Test("the last token of a prompt is always computed, and prompts to a PRM are never taken from the cache")
    func recomputed() {
        for reads in [true, false] {
            var scheduler = scheduler(readsPrefixes: reads)
            for id in 1...2 { scheduler.add(BatchScheduler.Work(id: id, prompt: Array(0..<32), output: [])) }
            // One after the other.
            let tokens = drain(&scheduler).batches.map(\.tokens)
            #expect(tokens == [64])
            scheduler.add(BatchScheduler.Work(id: 3, prompt: Array(0..<32), output: []))
            let later = drain(&scheduler).batches.map(\.tokens)
            #expect(later == [reads ? 16 : 32])
        }
    }

    @Test("what sleep forgets is read again")
    func forgetting() {
        var scheduler = scheduler()
        let request = BatchScheduler.Work(id: 1, prompt: Array(0..<40), output: [1])
        scheduler.add(request)
        _ = drain(&scheduler)
        scheduler.forgetPrefixes()
        scheduler.add(request)
        let batches = drain(&scheduler).batches
        #expect(batches.map(\.tokens) == [40])
    }

    @Test("an aborted request frees its place and its part of the cache at once")
    func abort() {
        var scheduler = scheduler(sequences: 1)
        scheduler.add(work(1, prompt: 30, output: 100))
        scheduler.add(work(2, prompt: 30, output: 1))
        scheduler.add(work(3, prompt: 30, output: 1))
        _ = scheduler.schedule()
        scheduler.abort(1)
        scheduler.abort(3)
        #expect(scheduler.cacheUse == 0)
        let progress = scheduler.complete()
        let written = drain(&scheduler).written
        #expect(progress == [] && written == [2: 1])
    }

    @Test("contents that were not used for the longest time make room first")
    func evictionOrder() {
        var scheduler = scheduler(blocks: 5)
        func read(_ first: Int) -> Int {
            scheduler.add(BatchScheduler.Work(id: first, prompt: Array(first * 100..<first * 100 + 17), output: []))
            return drain(&scheduler).batches[0].tokens
        }
        // The third takes the block of the second and one without contents, not the first's.
        let reads = [1, 2, 1, 3, 1].map(read)
        #expect(reads == [17, 17, 1, 17, 1])
    }

    @Test("of one request's blocks, the last ones make room first, so that its beginning stays known")
    func lastBlocksFirst() {
        var scheduler = scheduler(blocks: 4)
        let long = BatchScheduler.Work(id: 1, prompt: Array(0..<49), output: [])
        scheduler.add(long)
        _ = drain(&scheduler)
        for work in [BatchScheduler.Work(id: 2, prompt: Array(100..<110), output: []), long] {
            scheduler.add(work)
            _ = drain(&scheduler)
        }
        #expect(scheduler.counts.computedTokens == 49 + 10 + 1)
    }

    @Test("whatever comes, every request ends with its tokens and the cache is free again", arguments: 0..<40)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var scheduler = scheduler(
            sequences: .random(in: 1...6, using: &random), tokens: .random(in: 8...80, using: &random),
            blocks: .random(in: 12...40, using: &random), readsPrefixes: .random(using: &random))
        var (wanted, written) = ([Int: Int](), [Int: Int]())
        for turn in 0..<400 {
            if wanted.count < 60, .random(in: 0..<3, using: &random) == 0 {
                // Few different beginnings, so that prompts share blocks that others use.
                let prompt = (0..<Int.random(in: 1...100, using: &random)).map { $0 / 20 * (turn % 3) }
                let output = (0..<Int.random(in: 0...80, using: &random)).map { $0 * (turn % 2) }
                let work = BatchScheduler.Work(id: turn, prompt: prompt, output: output)
                guard scheduler.canHold(work) else { continue }
                scheduler.add(work)
                wanted[turn] = output.count
            }
            guard let batch = scheduler.schedule() else { continue }
            #expect(batch.tokens <= scheduler.limits.batchedTokens && batch.sequences <= scheduler.limits.sequences)
            #expect((0...1).contains(scheduler.cacheUse))
            if .random(in: 0..<20, using: &random) == 0, let id = wanted.keys.sorted().randomElement(using: &random),
                written[id] != wanted[id]
            {
                scheduler.abort(id)
                wanted[id] = nil
            }
            for progress in scheduler.complete() { written[progress.id] = progress.written }
        }
        written.merge(drain(&scheduler).written) { $1 }
        #expect(written.filter { wanted[$0.key] != nil } == wanted)
        #expect(scheduler.isIdle && scheduler.cacheUse == 0)
    }
}

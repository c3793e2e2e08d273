import Testing

@testable import ModelLifecycle

@Suite("What may be read ahead")
struct ReadAheadPlanTests {
    private static let chunk = ReadAheadPlan.chunkSize
    private static let sizes = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk - 7]

    /// Three files of every combination of sizes.
    private static let combinations = sizes.flatMap { a in sizes.flatMap { b in sizes.map { [a, b, $0] } } }

    /// What is read with these limits, one for each chunk, the last one for ever.
    private func chunks(_ sizes: [Int], _ limits: [Int]) -> [ReadAheadPlan.Chunk] {
        var plan = ReadAheadPlan(sizes: sizes)
        var chunks: [ReadAheadPlan.Chunk] = []
        while let chunk = plan.next(within: limits[min(chunks.count, limits.count - 1)]) { chunks.append(chunk) }
        return chunks
    }

    @Test("never more than is allowed at that moment, in order, without a gap; and all of it where that is allowed")
    func staysWithinItsLimits() {
        let c = Self.chunk
        for sizes in Self.combinations {
            let total = sizes.reduce(0, +)
            for limits in [
                [.max], [0], [c], [2 * c - 1], [total], [total - 1], [9 * c, 2 * c, 9 * c], [9 * c, 0],
                [c, 9 * c, 5 * c],
            ] {
                var passed = 0
                var (file, offset) = (0, 0)
                for (number, chunk) in chunks(sizes, limits).enumerated() {
                    while offset == sizes[file] { (file, offset) = (file + 1, 0) }
                    #expect(chunk.file == file && chunk.offset == offset)
                    #expect((1...c).contains(chunk.length) && chunk.offset % c == 0)
                    offset += chunk.length
                    passed += chunk.length
                    #expect(passed <= limits[min(number, limits.count - 1)])
                }
                if limits == [.max] || limits == [total] { #expect(passed == total) }
            }
        }
    }

    @Test("a plan is done when nothing is left")
    func done() {
        #expect(ReadAheadPlan(sizes: []).isDone && ReadAheadPlan(sizes: [0, 0]).isDone)
        var plan = ReadAheadPlan(sizes: [0, 1, 0])
        #expect(!plan.isDone)
        _ = plan.next(within: 0)
        #expect(!plan.isDone)
        _ = plan.next(within: 1)
        #expect(plan.isDone)
    }

    @Test("what is about to be needed, and a margin, are left alone")
    func allowance() {
        let memory = HostMemory(total: .gibibytes(64), available: .gibibytes(40))
        #expect(memory.allowed(beside: 0) == .gibibytes(36))
        #expect(memory.allowed(beside: .gibibytes(30)) == .gibibytes(6))
        #expect(memory.allowed(beside: .gibibytes(37)) == 0)
        #expect(memory.allowed(beside: .max) == 0)
        let small = HostMemory(total: .gibibytes(2), available: .gibibytes(1))
        #expect(small.allowed(beside: 0) == .gibibytes(0.5))
    }
}

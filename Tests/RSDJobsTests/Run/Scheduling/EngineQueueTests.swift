import Testing

@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("The queue of an engine")
struct EngineQueueTests {
    private func request(_ name: String) -> RequestFingerprint { RequestFingerprint(digest: name) }

    /// Takes as many as there is room for; names with a `j` take four slots, and those with an `x` nobody needs.
    private func fill(_ queue: inout EngineQueue) -> [String] {
        var taken: [String] = []
        while let next = queue.next(slots: {
            $0.digest.contains("x") ? nil : $0.digest.contains("j") ? 4 : 1
        }) {
            taken.append(next.digest)
        }
        return taken
    }

    @Test("requests run in the order in which they came, as many as their slots allow")
    func slots() {
        var queue = EngineQueue(limit: 6)
        queue.add(["a", "j1", "x", "b", "j2", "c"].map(request))
        let first = fill(&queue)
        #expect(first == ["a", "j1", "b"] && queue.load == 6)
        queue.succeed(request("a"))
        let second = fill(&queue)
        #expect(second == [] && queue.load == 5)
        queue.succeed(request("j1"))
        let third = fill(&queue)
        #expect(third == ["j2", "c"] && queue.load == 6)
    }

    @Test("a request that takes more than there is runs alone")
    func wide() {
        var queue = EngineQueue(limit: 2)
        queue.add(["j", "a"].map(request))
        let first = fill(&queue)
        queue.succeed(request("j"))
        let second = fill(&queue)
        #expect(first == ["j"] && second == ["a"])
    }

    @Test("what was dropped is asked again before all others")
    func dropped() {
        var queue = EngineQueue(limit: 8)
        queue.add(["a", "b", "c", "d"].map(request))
        _ = fill(&queue)
        for name in ["a", "b", "c", "d"] { queue.drop(request(name)) }
        queue.add([request("e")])
        let isOfUse = queue.engineDown(how: "it died")
        queue.takeBackDropped()
        let next = fill(&queue)
        #expect(isOfUse && queue.limit == 1 && next == ["a"])
    }
}

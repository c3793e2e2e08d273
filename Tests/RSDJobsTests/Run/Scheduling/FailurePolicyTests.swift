import Testing

@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("The failure policy")
struct FailurePolicyTests {
    private func requests(_ count: Int) -> [RequestFingerprint] {
        (0..<count).map { RequestFingerprint(digest: "\($0)") }
    }

    @Test(
        "a request that kills its engine is alone before the restarts are up, however many there were",
        arguments: [64, 1152, 65536])
    func poison(count: Int) {
        var policy = FailurePolicy(limit: count)
        var running = requests(count)
        for _ in 0..<FailurePolicy.restartsWithoutProgress {
            guard let again = policy.engineDown(running: running, how: "it died") else {
                Issue.record("given up with \(running.count) running")
                return
            }
            if again.isEmpty { return }
            running = Array(again.prefix(policy.limit))
        }
        Issue.record("never alone: \(running.count)")
    }

    @Test("after a crash few may run, and one more with each success, up to the limit")
    func limit() {
        var policy = FailurePolicy(limit: 8)
        let requests = requests(8)
        let again = policy.engineDown(running: requests, how: "it died")
        #expect(again == requests)
        #expect(policy.limit == 2)
        for request in requests { policy.success(request) }
        #expect(policy.limit == 8)
    }

    @Test("a request that keeps failing waits for a fresh engine, and fails where others succeed")
    func straggler() {
        var policy = FailurePolicy(limit: 8)
        let (good, bad) = (requests(2)[0], requests(2)[1])
        policy.success(good)
        var isRepeated = ["first", "second"].map { policy.failure(bad, reason: $0) }
        var conclusions = [policy.conclude()]
        isRepeated.append(policy.failure(bad, reason: "third"))
        conclusions += [policy.conclude(), policy.conclude()]
        #expect(isRepeated == [true, false, false])
        #expect(conclusions == [.secondChance([bad]), .fail([.init(request: bad, reason: "third")]), .done])
    }

    @Test("where no request succeeds, the engine is of no use", arguments: [1, 2, 3])
    func useless(count: Int) {
        var policy = FailurePolicy(limit: 8)
        for request in requests(count) {
            while policy.failure(request, reason: "500") {}
        }
        let first = policy.conclude()
        #expect(first == .secondChance(requests(count)))
        for request in requests(count) { _ = policy.failure(request, reason: "500") }
        // Of one or two alone that cannot be told.
        let isUseless = count >= FailurePolicy.failuresWithoutSuccess
        let second = policy.conclude()
        #expect(
            second
                == (isUseless ? .useless("500") : .fail(requests(count).map { .init(request: $0, reason: "500") })))
    }
}

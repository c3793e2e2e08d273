import Testing

@testable import ModelLifecycle
@testable import Runner

@Suite("The number of requests in flight that an engine can use")
struct AdaptiveLimitTests {
    private func metrics(_ running: Double, _ waiting: Double, preemptions: Double = 0, cache: Double = 0)
        -> EngineMetrics
    {
        EngineMetrics(
            promptTokens: 0, generationTokens: 0, requestsRunning: running, requestsWaiting: waiting,
            preemptions: preemptions, cacheUse: cache)
    }

    @Test("an engine that runs all and has a short queue keeps its limit")
    func full() {
        var limit = AdaptiveLimit(most: 288)
        for _ in 0..<10 { limit.note(metrics(256, 32), inFlight: 288) }
        #expect(limit.value == 288)
    }

    @Test("requests that only wait are not sent ahead, and the batch stays full")
    func longQueue() {
        var limit = AdaptiveLimit(most: 1152)
        limit.note(metrics(64, 1088), inFlight: 1152)
        #expect(limit.value == 80)
        limit.note(metrics(64, 16), inFlight: 80)
        #expect(limit.value == 80)
    }

    @Test("preemption lowers it below what runs, and it grows slowly from there while there is cache")
    func preemption() {
        var limit = AdaptiveLimit(most: 288)
        limit.note(metrics(200, 88, preemptions: 5, cache: 1), inFlight: 288)
        #expect(limit.value == 188)
        limit.note(metrics(180, 0, preemptions: 5, cache: 0.95), inFlight: 188)
        #expect(limit.value == 188)
        limit.note(metrics(180, 0, preemptions: 5, cache: 0.5), inFlight: 188)
        #expect(limit.value == 193)
        limit.note(metrics(180, 0, preemptions: 9, cache: 1), inFlight: 193)
        #expect(limit.value == 169)
    }

    @Test("it grows only if it is what keeps the engine from more, and not above what the engine takes")
    func growth() {
        var limit = AdaptiveLimit(most: 100)
        limit.note(metrics(10, 90), inFlight: 100)
        #expect(limit.value == 26)
        limit.note(metrics(10, 0), inFlight: 12)
        #expect(limit.value == 26)
        for _ in 0..<20 { limit.note(metrics(100, 0), inFlight: limit.value) }
        #expect(limit.value == 100)
    }

    @Test("it is at least one, whatever is reported")
    func least() {
        var limit = AdaptiveLimit(most: 2)
        for count in 1...5 { limit.note(metrics(0, 0, preemptions: Double(count)), inFlight: 2) }
        #expect(limit.value == 1)
        limit.note(metrics(.nan, .infinity, preemptions: .nan), inFlight: 1)
        #expect(limit.value >= 1)
    }

    @Test("an engine that restarted counts preemptions from nought")
    func restart() {
        var limit = AdaptiveLimit(most: 100)
        limit.note(metrics(50, 0, preemptions: 7), inFlight: 50)
        let after = limit.value
        limit.note(metrics(50, 0, preemptions: 0), inFlight: 10)
        #expect(limit.value == after)
    }
}

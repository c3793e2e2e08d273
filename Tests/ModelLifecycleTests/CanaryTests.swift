import Synchronization
import TestServers
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The canary") struct CanaryTests {
    @Test("tokens must be equal, and scores may differ by rounding")
    func agreement() {
        let tokens = Canary.Answer.tokens([1, 2])
        #expect(tokens.agrees(with: .tokens([1, 2])))
        #expect(!tokens.agrees(with: .tokens([1, 3])))
        #expect(!tokens.agrees(with: .tokens([1])))
        let scores = Canary.Answer.scores([[0.5], [0.25]])
        #expect(scores.agrees(with: .scores([[0.505], [0.245]])))
        #expect(!scores.agrees(with: .scores([[0.5], [0.3]])))
        #expect(!scores.agrees(with: .scores([[0.5]])))
        #expect(!scores.agrees(with: .scores([[0.5, 0.25], []])))
        #expect(!scores.agrees(with: tokens))
    }

    /// vLLM with pooling and prefix caching has answered so: trap P4.
    @Test("scores that change when the same is asked again are an error", arguments: [[[0.9], [0.2]], [[0.9]]])
    func unstableScores(second: [[Double]]) async throws {
        let count = Counter()
        var engine = EngineDouble(ids: { _, _ in [1, 2] }, piece: { "\($0)" })
        engine.pool = { _ in try .scores(count.next() == 1 ? [[0.9], [0.8]] : second) }
        let server = try await TestServer(engine.respond)
        let http = HTTPClient()
        let client = EngineClient(endpoint: HTTPEndpoint(base: server.base), model: "prm", http: http)
        let canary = Canary(task: .score(ScoringSetup()))
        await #expect(throws: CanaryError.self) { try await canary.checkRepeatability(of: client) }
        // From the second time on it says the same.
        try await canary.checkRepeatability(of: client)
        await http.shutdown()
    }
}

import Foundation
import ModelLifecycle
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

/// Whether an engine is taken for alive by what it does, and not by what it says of its health.
@Suite("An engine's health", .timeLimit(.minutes(5))) struct ActiveEnginesTests {
    /// An engine that never answers a question and says that it is unwell; its counters grow as long as a test likes.
    private final class BusyEngine: ManagedEngine {
        let name = "draft"
        let client: EngineClient
        let state = State()
        private let server: TestServer

        final class State: Sendable {
            let works = Mutex(true)
            /// Whether it tells no counters either.
            let isMute = Mutex(false)
            /// The answer to `/v1/models`.
            let models = Mutex(#"{"data":[{"id":"draft","max_model_len":100}]}"#)
            /// Open after many looks: there is a quarter of the limit between two of them.
            let wasLookedAt = Latch<Void>()
            let healthChecks = Counter()
            let looks = Counter()
        }

        init() async throws {
            let state = state
            server = try await TestServer { request in
                switch request.path {
                case "/v1/models": return .json(state.models.withLock { $0 })
                case "/health":
                    state.healthChecks.next()
                    return .init(status: 503)
                case "/metrics" where !state.isMute.withLock { $0 }:
                    let looks = state.works.withLock { $0 } ? state.looks.next() : state.looks.value
                    if looks == 20 { state.wasLookedAt.set(()) }
                    return .init(body: Data("vllm:generation_tokens_total \(looks)\n".utf8))
                default: return try await Latch<TestServer.Response>().wait()
                }
            }
            client = EngineClient(
                endpoint: HTTPEndpoint(base: server.base), model: "draft", http: HTTPClient(), retry: .never)
        }

        /// It lives on.
        func gone() async throws -> String {
            try await Task.sleep(for: .seconds(3600))
            return "gone"
        }
    }

    @Test(
        "an engine with an impossible context is restarted once and then useless",
        arguments: [
            (#"{"data":[{"id":"draft","max_model_len":0}]}"#, "max_model_len is 0"),
            (#"{"data":[{"id":"target","max_model_len":100}]}"#, "it does not serve 'draft'"),
            (
                #"{"data":[{"id":"draft","max_model_len":63}]}"#,
                "its context is 63 tokens, and the job's `context` is 64"
            ),
        ])
    func impossibleContext(_ models: String, _ why: String) async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("models/draft }", "models/draft, context: 64 }"))
        let engine = try await BusyEngine()
        engine.state.models.withLock { $0 = models }
        let restarts = Mutex(0)
        let inference = try InferenceClient(job: fixture.load())
        let error = await #expect(throws: EngineUseless.self) {
            let spec = try fixture.load().spec
            _ = try await ActiveEngines(
                ["draft": engine], of: JobEngines(spec), tokenizers: EngineTokenizers(spec), inference: inference,
                requests: .sample, stallTimeout: 60
            ) { _ in
                restarts.withLock { $0 += 1 }
                return []
            }.open()
        }
        #expect(restarts.withLock { $0 } == 1)
        #expect(error?.reason.contains(why) == true, "\(error?.reason ?? "")")
    }

    /// A run that was told to stop would otherwise wait for it, and be killed.
    @Test("an engine that hangs is not waited for to report its speculation")
    func speculationHangs() async throws {
        let engine = try await BusyEngine()
        engine.state.isMute.withLock { $0 = true }
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("  - target_only", "  - speculative: { tokens: 2 }"),
            ("kind: pocket\n  concurrency: 8", "kind: vllm\n  residency: swap"))
        let job = try fixture.load()
        let active = try ActiveEngines(
            ["speculative": engine], of: JobEngines(job.spec), tokenizers: EngineTokenizers(job.spec),
            inference: InferenceClient(job: job),
            requests: .sample, stallTimeout: 0.1, restart: { _ in [] })
        _ = try await active.open()
        #expect(await active.speculation() == nil)
    }

    @Test("an engine that works is not taken for dead, whatever its health endpoint says")
    func worksUnhealthy() async throws {
        let fixture = try SpecFixture()
        let job = try fixture.load()
        let engine = try await BusyEngine()
        let active = try ActiveEngines(
            ["draft": engine], of: JobEngines(job.spec), tokenizers: EngineTokenizers(job.spec),
            inference: InferenceClient(job: job),
            requests: .sample, stallTimeout: 2, clock: RecordingClock(), restart: { _ in [] })
        _ = try await active.open()
        let trajectory = try #require(TrajectorySet(job).first { $0.needs.first?.role == .draft })
        let question = Task {
            try await active.answer(InferenceRequest(trajectory.needs[0], of: trajectory.id, in: RequestScope(job)))
        }
        let found = Mutex(false)
        let watch = Task {
            let trouble = await active.trouble()
            found.withLock { $0 = true }
            engine.state.wasLookedAt.set(())
            return trouble
        }
        try await engine.state.wasLookedAt.wait()
        #expect(!found.withLock { $0 })
        engine.state.works.withLock { $0 = false }
        #expect(await watch.value == .stalled("draft", seconds: 2))
        #expect(engine.state.healthChecks.value == 0)
        question.cancel()
        _ = await question.result
    }
}

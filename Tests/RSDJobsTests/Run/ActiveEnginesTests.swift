import FlyingFox
import Foundation
import ModelLifecycle
import Synchronization
import Testing

@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

/// Whether an engine is taken for alive by what it does, and not by what it says of its health.
@Suite(.timeLimit(.minutes(1))) struct ActiveEnginesTests {
    /// An engine that never answers a question and says that it is unwell; its counters grow as long as a test likes.
    private final class BusyEngine: ManagedEngine {
        let name = "draft"
        let client: EngineClient
        let works = Mutex(true)
        /// Whether it tells no counters either.
        let isMute = Mutex(false)
        let looks = Mutex(0)
        /// The answer to `/v1/models`.
        let models = Mutex(#"{"data":[{"id":"draft","max_model_len":100}]}"#)
        /// Open after many looks: there is a quarter of the limit between two of them.
        let wasLookedAt = Latch<Void>()
        let healthChecks = Mutex(0)
        private let server: HTTPServer
        private let running: Task<Void, any Error>

        init() async throws {
            server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
            let server = server
            running = Task { try await server.run() }
            try await server.waitUntilListening()
            guard case .ip4(_, let port) = await server.listeningAddress else {
                throw FailedAttempt(description: "no port")
            }
            client = EngineClient(
                endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(port)"), model: "draft",
                http: ModelLifecycle.HTTPClient(), retry: .never)
            await server.appendRoute("GET /v1/models") { [self] _ in
                HTTPResponse(statusCode: .ok, body: Data(models.withLock { $0 }.utf8))
            }
            await server.appendRoute("GET /health") { [self] _ in
                healthChecks.withLock { $0 += 1 }
                return HTTPResponse(statusCode: .serviceUnavailable)
            }
            await server.appendRoute("GET /metrics") { [self] _ in
                if isMute.withLock({ $0 }) { try await Task.sleep(for: .seconds(3600)) }
                let looks = looks.withLock { looks in
                    if works.withLock({ $0 }) { looks += 1 }
                    return looks
                }
                if looks == 20 { wasLookedAt.set(()) }
                return HTTPResponse(
                    statusCode: .ok, body: Data("vllm:generation_tokens_total \(looks)\n".utf8))
            }
            await server.appendRoute("POST /tokenize") { _ in
                try await Task.sleep(for: .seconds(3600))
                return HTTPResponse(statusCode: .ok)
            }
        }

        deinit { running.cancel() }

        /// It lives on.
        func gone() async throws -> String {
            try await Task.sleep(for: .seconds(3600))
            return "gone"
        }
    }

    @Test(arguments: [
        (#"{"data":[{"id":"draft","max_model_len":0}]}"#, "max_model_len is 0"),
        (#"{"data":[{"id":"target","max_model_len":100}]}"#, "it does not serve 'draft'"),
        (
            #"{"data":[{"id":"draft","max_model_len":63}]}"#,
            "its context holds 63 tokens, and the job's `context` is 64"
        ),
    ])
    func anEngineWithAnImpossibleContextIsStartedOnceMoreAndThenOfNoUse(_ models: String, _ why: String) async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("models/draft }", "models/draft, context: 64 }"))
        let engine = try await BusyEngine()
        engine.models.withLock { $0 = models }
        let restarts = Mutex(0)
        let inference = try InferenceClient(job: fixture.load())
        let error = await #expect(throws: EngineUseless.self) {
            _ = try await ActiveEngines(
                ["draft": engine], of: JobEngines(fixture.load().spec), pieces: [:], inference: inference,
                requests: .sample,
                stallTimeout: 60
            ) { _ in
                restarts.withLock { $0 += 1 }
                return []
            }.open()
        }
        #expect(restarts.withLock { $0 } == 1)
        #expect(error?.reason.contains(why) == true, "\(error?.reason ?? "")")
    }

    /// A run that was told to stop would otherwise wait for it, and be killed.
    @Test func anEngineThatHangsIsNotWaitedForToTellWhatItWroteAhead() async throws {
        let engine = try await BusyEngine()
        engine.isMute.withLock { $0 = true }
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("  - target_only", "  - speculative: { tokens: 2 }"),
            ("kind: pocket\n  concurrency: 8", "kind: vllm\n  residency: swap"))
        let job = try fixture.load()
        let active = try ActiveEngines(
            ["speculative": engine], of: JobEngines(job.spec), pieces: [:], inference: InferenceClient(job: job),
            requests: .sample, stallTimeout: 0.1, restart: { _ in [] })
        _ = try await active.open()
        #expect(await active.speculation() == nil)
    }

    @Test func anEngineThatWorksIsNotTakenForDeadWhateverItsHealth() async throws {
        let fixture = try SpecFixture()
        let job = try fixture.load()
        let engine = try await BusyEngine()
        let active = try ActiveEngines(
            ["draft": engine], of: JobEngines(job.spec), pieces: [:], inference: InferenceClient(job: job),
            requests: .sample,
            stallTimeout: 0.1, restart: { _ in [] })
        _ = try await active.open()
        let trajectory = try #require(TrajectorySet(job).first { $0.need.role == .draft })
        let question = Task {
            try await active.answer(InferenceRequest(trajectory.need, of: trajectory.id, in: job.spec))
        }
        let found = Mutex(false)
        let watch = Task {
            let trouble = await active.trouble()
            found.withLock { $0 = true }
            engine.wasLookedAt.set(())
            return trouble
        }
        try await engine.wasLookedAt.wait()
        #expect(!found.withLock { $0 })
        engine.works.withLock { $0 = false }
        #expect(await watch.value == .stalled("draft", seconds: 0.1))
        #expect(engine.healthChecks.withLock { $0 } == 0)
        question.cancel()
        _ = await question.result
    }
}

import Foundation
import Logging
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Sleeping engines", .timeLimit(.minutes(1)))
struct SleepCycleTests {
    private let bench: EngineBench
    private let server: SleepServer
    private let gpu = FakeGPU(using: 0)
    private let engine: Engine

    init() async throws {
        var bench = try await EngineBench("target")
        let server = try await SleepServer(gpu: gpu)
        let port = server.http.port
        bench.dialect = FakeDialect(port: { _, _ in port })
        self.bench = bench
        self.server = server
        engine = bench.engine()
    }

    private func residency(level: Int = 1) throws -> Residency {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let memory = GPUMemoryGate(
            gpu: gpu, baseline: FakeGPU.baseline(using: 0), clock: RecordingClock(), logger: logger)
        return try Residency(
            sleepers: [engine], groups: [["target"], []], level: level, memory: memory, logger: logger,
            clock: RecordingClock())
    }

    /// Sleeps and wakes once.
    @discardableResult
    private func cycle(_ residency: Residency) async throws -> [EngineEvent] {
        try await residency.activate([]).events + residency.activate(["target"]).events
    }

    /// Processes that were started, in vain or not.
    private var launches: Int {
        get async { await engine.counters.starts.count + engine.counters.failedStarts }
    }

    @Test("an engine sleeps and wakes instead of stopping and starting")
    func sleepsAndWakes() async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        for _ in 0..<3 {
            let events = try await cycle(residency)
            #expect(events.count == 2 && events[0] == .swapped)
            guard case .woken("target", _) = events[1] else {
                Issue.record("\(events)")
                continue
            }
        }
        #expect(await launches == 1)
        #expect(server.calls == Array(repeating: ["/sleep?level=1", "/wake_up"], count: 3).flatMap { $0 })
        try await residency.deactivate()
        #expect(await engine.state == .stopped)
    }

    @Test("level 2 loads the weights again")
    func levelTwo() async throws {
        let residency = try residency(level: 2)
        _ = try await residency.activate(["target"])
        try await cycle(residency)
        #expect(
            server.calls == [
                "/sleep?level=2", "/wake_up?tags=weights", "/collective_rpc", "/wake_up?tags=kv_cache",
                "/reset_prefix_cache",
            ])
        try await residency.deactivate()
    }

    @Test("weights are read for a start, and at level 2 for a waking too; at level 1 they go to the machine's memory")
    func files() async throws {
        var bench = bench
        bench.configuration.weights = [WeightFile(path: "/a", size: 3), WeightFile(path: "/b", size: 4)]
        for (level, awake, asleep) in [(1, (false, 7), (false, 0)), (2, (false, 0), (true, 0))] {
            let engine = bench.engine()
            let sleep = SleepCycle(
                engine, level: level, memory: .withoutGPU(), clock: RecordingClock(), logger: Logger(label: "test"))
            let local = LocalEngine(engine, memory: .withoutGPU(), sleep: sleep)
            func look() async -> (Bool, Int) { (await local.readsFiles, await local.departureBytes) }
            #expect(await look() == (true, 0))
            _ = try await local.load(beside: [])
            #expect(await look() == awake)
            _ = try await local.unload(beside: [])
            #expect(await look() == asleep)
            try await local.stop()
        }
    }

    @Test("vLLM says 200, and the memory is still held")
    func memoryThatStaysIsTakenByForce() async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        server.residue = SleepServer.footprint
        _ = try await residency.activate([])
        #expect(await engine.state == .stopped)
        _ = try await residency.activate(["target"])
        #expect(await launches == 2)
        try await residency.deactivate()
    }

    @Test("what a sleep leaves on the GPU may not grow over a limit from cycle to cycle")
    func growthEndsInAColdStart() async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        let (base, limit) = (1.0, Double(SleepCycle.growthLimit) / Double(Int.gibibytes(1)))
        server.residue = base
        try await cycle(residency)
        server.residue = base + limit
        try await cycle(residency)
        #expect(await launches == 1)
        server.residue = base + limit + 0.1
        try await cycle(residency)
        #expect(await launches == 2)
        // The new process begins its own count.
        try await cycle(residency)
        #expect(await launches == 2)
        try await residency.deactivate()
    }

    @Test("an engine whose answer changed is not trusted")
    func changedAnswer() async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        _ = try await residency.activate([])
        server.tokens = [0, 0, 0]
        _ = try await residency.activate(["target"])
        #expect(await launches == 2)
        try await residency.deactivate()
    }

    @Test(
        "a call that fails costs a cold start",
        arguments: ["/sleep?level=1", "/wake_up", "/is_sleeping", "/v1/completions"])
    func failedCall(call: String) async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        server.failing = call
        _ = try await residency.activate([])
        server.failing = call == "/v1/completions" ? nil : server.failing
        _ = try await residency.activate(["target"])
        #expect(await launches == (call == "/v1/completions" ? 1 : 2))
        #expect(await engine.state == .ready)
        try await residency.deactivate()
    }

    @Test("an engine that died in its sleep is started")
    func diedAsleep() async throws {
        let residency = try residency()
        _ = try await residency.activate(["target"])
        _ = try await residency.activate([])
        kill(try #require(await engine.processID), SIGKILL)
        try await until { await engine.state != .ready }
        _ = try await residency.activate(["target"])
        #expect(await engine.state == .ready)
        #expect(!server.calls.contains("/wake_up"))
        try await residency.deactivate()
    }
}

/// The HTTP side of a fake engine with vLLM's sleep mode.
private final class SleepServer: Sendable {
    private struct State {
        var calls: [String] = []
        var isAsleep = false
        var residue = 0.0
        var tokens = [7, 8, 9]
        var failing: String?
    }

    private final class Box: Sendable { let state = Mutex(State()) }
    let http: TestServer
    private let box: Box

    var calls: [String] { box.state.withLock { $0.calls } }
    /// GiB that it takes at its start.
    static let footprint = 20.0
    /// GiB that stay in use while it sleeps.
    var residue: Double {
        get { box.state.withLock { $0.residue } }
        set { box.state.withLock { $0.residue = newValue } }
    }
    /// What it answers.
    var tokens: [Int] {
        get { box.state.withLock { $0.tokens } }
        set { box.state.withLock { $0.tokens = newValue } }
    }
    /// A call that gets status 500.
    var failing: String? {
        get { box.state.withLock { $0.failing } }
        set { box.state.withLock { $0.failing = newValue } }
    }

    init(gpu: FakeGPU) async throws {
        let box = Box()
        self.box = box
        http = try await TestServer { request in
            let path = request.path + (request.query.isEmpty ? "" : "?" + request.query)
            return box.state.withLock { state in
                let commands = ["/sleep", "/wake_up", "/collective_rpc", "/reset_prefix_cache"]
                if commands.contains(request.path) { state.calls.append(path) }
                if path == state.failing { return .init(status: 500) }
                switch request.path {
                case "/health": return .init(status: 200)
                case "/v1/models":
                    // The start of a process.
                    gpu.use(Self.footprint)
                    state.isAsleep = false
                    return .json(#"{"data":[{"id":"target","max_model_len":64}]}"#)
                case "/tokenize", "/v1/completions":
                    var engine = EngineDouble(ids: { _, _ in [1, 2] }, piece: { "\($0)" })
                    engine.complete = { [tokens = state.tokens] _ in
                        .init(text: "x", tokens: tokens, finish: "length")
                    }
                    return engine.respond(to: request)
                case "/is_sleeping": return .json(#"{"is_sleeping":\#(state.isAsleep)}"#)
                case "/sleep":
                    state.isAsleep = true
                    gpu.use(state.residue)
                    return .json("{}")
                case "/wake_up":
                    state.isAsleep = false
                    gpu.use(Self.footprint)
                    return .json("{}")
                default: return .json("{}")
                }
            }
        }
    }
}

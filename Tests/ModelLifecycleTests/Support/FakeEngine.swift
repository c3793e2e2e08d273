import Foundation
import Logging
import Synchronization
import TestServers
import TestSupport

@testable import ModelLifecycle
@testable import Support

/// A shell script in place of an engine. Its HTTP side is a ``TestServer`` of the test, at a port that the dialect names.
struct FakeDialect: EngineDialect {
    let kind = "fake"
    var executable = "/bin/sh"
    var script = "echo loading; exec sleep 1000"
    /// Made of the number of the launch, counted from 1, and the port that was proposed.
    var port: @Sendable (Int, Int) -> Int = { $1 }
    /// What runs where it is held at a gate, `$GATE`; nil where it cannot be held.
    var heldScript: String?
    private let launches = Counter()

    /// Waits as an engine does, and then runs.
    static let heldScript = """
        echo held $$; flock -s "$GATE" true; [ "$(cat "$GATE")" = open ] || exit 1; echo serving; exec sleep 1000
        """

    func launch(_ configuration: EngineConfiguration, port: Int) throws -> LaunchPlan {
        LaunchPlan(
            executable: executable, arguments: ["-c", script], port: self.port(launches.next(), port))
    }

    func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan? {
        guard let heldScript else { return nil }
        let room = try EngineRoomFolder.make()
        var plan = plan
        plan.arguments = ["-c", heldScript]
        plan.environment["GATE"] = room.gate
        plan.gate = room.gate
        plan.temporaries = [room.path]
        return plan
    }

    func explain(exit: ExitStatus, logTail: String) -> StartFailure? {
        if logTail.contains("address in use") { return .portTaken }
        if logTail.contains("out of memory") { return .noMemory("there is too little memory") }
        if logTail.contains("no such model") { return .because("the model is missing", remedy: "Correct its path.") }
        return nil
    }

    func startMark(in line: Substring) -> StartMark? { StartMark(vllm: line) }

    func version() async throws -> String { "fake 1" }

    func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) -> EngineCapacity {
        EngineCapacity(sequences: 1)
    }

    var launchCount: Int { launches.value }
}

/// The HTTP side of a fake engine.
final class FakeServer: Sendable {
    let http: TestServer
    private let health: Health

    private final class Health: Sendable {
        let status = Mutex(200)
        let tellsItsModel = Mutex(true)
    }

    init(serving name: String) async throws {
        let health = Health()
        self.health = health
        http = try await TestServer { request in
            switch request.path {
            case "/health": return .init(status: health.status.withLock { $0 })
            case "/v1/models" where !health.tellsItsModel.withLock({ $0 }): return .init(status: 503)
            case "/v1/models": return .json(#"{"data":[{"id":"\#(name)","max_model_len":64}]}"#)
            case "/detokenize": return .json(#"{"prompt":"\#(name) speaks"}"#)
            default:
                // Never answers.
                return try await Latch<TestServer.Response>().wait()
            }
        }
    }

    var tellsItsModel: Bool {
        get { health.tellsItsModel.withLock { $0 } }
        set { health.tellsItsModel.withLock { $0 = newValue } }
    }

    var isHealthy: Bool {
        get { health.status.withLock { $0 == 200 } }
        set { health.status.withLock { $0 = newValue ? 200 : 503 } }
    }
}

/// Everything that one test of an engine needs.
struct EngineBench {
    let scratch: Scratch
    let ledger: EngineLedger
    var configuration: EngineConfiguration
    var dialect: FakeDialect
    let server: FakeServer

    init(_ name: String = "draft", scratch: Scratch? = nil, ledger: EngineLedger? = nil) async throws {
        let scratch = try scratch ?? Scratch()
        self.scratch = scratch
        self.ledger = try ledger ?? EngineLedger(path: scratch.path("engines.jsonl"))
        configuration = EngineConfiguration(
            name: name, model: "/m", startSilence: .seconds(30), stopGrace: .seconds(30))
        let server = try await FakeServer(serving: name)
        self.server = server
        let port = server.http.port
        dialect = FakeDialect(port: { _, _ in port })
    }

    func engine() -> Engine {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Engine(
            configuration: configuration, dialect: dialect, ledger: ledger,
            logDirectory: scratch.path("logs"),
            logger: logger)
    }

    func log(_ number: Int) -> String { scratch.text("logs/\(configuration.name)-\(number).log") }

    /// The log that the present start writes, however many came before.
    func pid(_ word: String, log number: Int = 1) async throws -> pid_t {
        try await ModelLifecycleTests.pid(word) { log(number) }
    }

    /// Whether the ledger knows of nothing that may still live.
    func ledgerIsSettled() throws -> Bool { try ledger.openStarts().isEmpty }
}

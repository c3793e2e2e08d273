import Foundation
import TestSupport
import Testing

@testable import PocketEngine

/// The `rsd-pocket` executable itself: start, end, and the faults that take the process along.
@Suite("The rsd-pocket process", .timeLimit(.minutes(1))) struct ProcessTests {
    private static let body: [String: any Sendable] = ["model": "m", "prompt": "a", "max_tokens": 2]

    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("the server serves until it is terminated")
    func serves() async throws {
        for number in [SIGTERM, SIGINT] {
            let server = try ServerProcess(environment: ["VLLM_API_KEY": "sesame"])
            let client = try await server.untilReady()
            #expect(try await client.post("/v1/completions", Self.body).status == 401)
            let key = ["Authorization": "Bearer sesame"]
            #expect(try await client.post("/v1/completions", Self.body, headers: key).status == 200)
            server.signal(number)
            #expect(await server.end() == .exit(0))
        }
    }

    @Test("an open request does not keep the server alive")
    func openRequest() async throws {
        let log = scratch.path("requests.jsonl")
        let server = try ServerProcess(["--fault", "hang-after=0", "--request-log", log])
        let client = try await server.untilReady()
        let connection = try Connection(port: client.port)
        defer { connection.close() }
        try connection.send("POST", "/v1/completions", try JSONSerialization.data(withJSONObject: Self.body))
        while scratch.text("requests.jsonl").isEmpty {
            #expect(try await client.get("/health").status == 200)
        }
        server.signal(SIGTERM)
        #expect(await server.end() == .exit(0))
        await #expect(throws: ClientError.self) { try await connection.receive() }
    }

    @Test("it may wait until whoever started it opens a gate, or ends when that is given up", arguments: ["open", ""])
    func gate(word: String) async throws {
        let path = scratch.path("gate")
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        flock(descriptor, LOCK_EX)
        let server = try ServerProcess(["--gate", path])
        _ = try await server.line("waiting at")
        write(descriptor, word, word.utf8.count)
        close(descriptor)
        if word.isEmpty {
            #expect(await server.end() == .exit(1))
        } else {
            #expect(try await server.untilReady().get("/health").status == 200)
        }
    }

    @Test("a taken port is an error")
    func takenPort() async throws {
        let first = try ServerProcess()
        let port = try await first.untilReady().port
        let second = try ServerProcess(["--port", "\(port)"])
        _ = try await second.line("[Errno 98] Address already in use")
        #expect(await second.end() == .exit(1))
    }

    @Test("a model that cannot be served is an error")
    func badModel() async throws {
        let folder = try Fixture.tied.copy(
            to: scratch, changing: "config.json", ["architectures": ["LlamaForCausalLM"]])
        let server = try ServerProcess(folder: folder)
        _ = try await server.line("Model architectures [\"LlamaForCausalLM\"] are not supported for now.")
        #expect(await server.end() == .exit(1))
    }

    @Test("the server may die on a request")
    func diesOnRequest() async throws {
        let server = try ServerProcess(["--fault", "die-after=1"])
        let client = try await server.untilReady()
        #expect(try await client.post("/v1/completions", Self.body).status == 200)
        await #expect(throws: ClientError.self) { try await client.post("/v1/completions", Self.body) }
        #expect(await server.end() == .signal(SIGKILL))
    }

    @Test("poison may kill the process, and with --fault-once the next one lives")
    func poisonKills() async throws {
        let arguments = ["--fault", "poison=deadly:die", "--fault-once", scratch.path("once")]
        let deadly: [String: any Sendable] = ["prompt": "a deadly prompt", "max_tokens": 1]
        let server = try ServerProcess(arguments)
        let client = try await server.untilReady()
        #expect(try await client.post("/v1/completions", Self.body).status == 200)
        await #expect(throws: ClientError.self) { try await client.post("/v1/completions", deadly) }
        #expect(await server.end() == .signal(SIGKILL))
        let again = try ServerProcess(arguments)
        #expect(try await again.untilReady().post("/v1/completions", deadly).status == 200)
    }

    @Test("the server may die while it starts")
    func diesOnStart() async throws {
        let server = try ServerProcess(["--fault", "die-on-start"])
        _ = try await server.line("RuntimeError: Engine core initialization failed.")
        #expect(await server.end() == .exit(3))
    }

    @Test("a slow start can be ended")
    func slowStart() async throws {
        let server = try ServerProcess(["--fault", "slow-start=600"])
        _ = try await server.line("Model loaded")
        server.signal(SIGTERM)
        #expect(await server.end() == .exit(0))
        let quick = try ServerProcess(["--fault", "slow-start=0.01"])
        _ = try await quick.untilReady()
    }

    @Test("the server may ignore SIGTERM")
    func ignoresTermination() async throws {
        let server = try ServerProcess(["--fault", "ignore-sigterm"])
        let client = try await server.untilReady()
        server.signal(SIGTERM)
        _ = try await server.line("received SIGTERM")
        #expect(try await client.get("/health").status == 200)
        server.signal(SIGKILL)
        #expect(await server.end() == .signal(SIGKILL))
    }

    @Test("the grandchild fault leaves a child process behind")
    func grandchild() async throws {
        let server = try ServerProcess(["--fault", "grandchild"])
        let line = try await server.line("fault grandchild: pid ")
        let child = try #require(line.split(separator: " ").last.flatMap { pid_t($0) })
        _ = try await server.untilReady()
        server.signal(SIGTERM)
        #expect(await server.end() == .exit(0))
        #expect(kill(child, 0) == 0)
        #expect(getpgid(child) == server.pid)
        #expect(kill(-server.pid, SIGTERM) == 0)
    }

    @Test("bad arguments are refused")
    func badArguments() async throws {
        let server = try ServerProcess(["--fault", "explode"])
        _ = try await server.line("unknown fault explode")
        #expect(await server.end() == .exit(1))
    }
}

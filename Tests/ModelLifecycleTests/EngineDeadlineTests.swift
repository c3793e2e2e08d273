import Foundation
import Testing

@testable import ModelLifecycle

/// Every request ends, whatever becomes of its answer. One at a time: each has a server, and other suites start processes, which
/// a program with very many open files must not.
@Suite("Limits of requests to engines", .serialized, .timeLimit(.minutes(1))) struct EngineDeadlineTests {
    struct Endpoint: Sendable, CustomTestStringConvertible {
        var path: String
        var ask: @Sendable (EngineClient) async throws -> Void
        var testDescription: String { path }
    }

    static let endpoints = [
        Endpoint(path: "/v1/models") { _ = try await $0.models() },
        Endpoint(path: "/version") { _ = try await $0.version() },
        Endpoint(path: "/metrics") { _ = try await $0.metrics() },
        Endpoint(path: "/is_sleeping") { _ = try await $0.isSleeping() },
        Endpoint(path: "/tokenize") { _ = try await $0.tokenize("a", addSpecialTokens: true) },
        Endpoint(path: "/tokenize (chat)") {
            _ = try await $0.tokenize(
                messages: [ChatMessage(role: "user", content: "a")], addGenerationPrompt: true,
                continueFinalMessage: false)
        },
        Endpoint(path: "/detokenize") { _ = try await $0.detokenize([1]) },
        Endpoint(path: "/v1/completions") {
            _ = try await $0.complete(CompletionRequest(promptTokens: [1], maxTokens: 1, seed: 0))
        },
        Endpoint(path: "/pooling") { _ = try await $0.pool([1]) },
        Endpoint(path: "/sleep") { try await $0.sleep(level: 1) },
        Endpoint(path: "/wake_up") { try await $0.wakeUp() },
        Endpoint(path: "/collective_rpc") { try await $0.reloadWeights() },
        Endpoint(path: "/reset_prefix_cache") { try await $0.resetPrefixCache() },
    ]

    enum Manner: Sendable {
        case silence, headersOnly, dribble, dribbledHeaders, endless
    }

    private func server(_ manner: Manner) throws -> RawServer {
        try RawServer { connection in
            _ = connection.readHead()
            switch manner {
            case .silence: break
            case .headersOnly: connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
            case .dribble:
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
                while connection.isOpen { connection.write(" ") }
            case .dribbledHeaders:
                connection.write("HTTP/1.1 200 OK\r\n")
                while connection.isOpen { connection.write("X") }
            case .endless:
                connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = "10000\r\n" + String(repeating: " ", count: 1 << 16) + "\r\n"
                while connection.write(chunk) {}
            }
            connection.waitForClose()
        }
    }

    /// The deadline is for the whole answer, and not for a sign of life.
    @Test(
        "a request ends within its limit", arguments: endpoints,
        [Manner.silence, .headersOnly, .dribble, .dribbledHeaders])
    func inTime(_ endpoint: Endpoint, _ manner: Manner) async throws {
        let server = try server(manner)
        let http = HTTPClient()
        let client = EngineClient(
            endpoint: server.endpoint, model: "m", http: http, deadline: .milliseconds(50), retry: .never)
        let error = await #expect(throws: EngineAnswerError.self) { try await endpoint.ask(client) }
        guard case .transport(.timedOut) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(try await client.health() == false)
        await http.shutdown()
    }

    @Test("a response without end is cut off at the size limit", arguments: endpoints) func endless(
        _ endpoint: Endpoint
    ) async throws {
        let server = try server(.endless)
        let http = HTTPClient(limits: .init(responseBytes: 1 << 20))
        let client = EngineClient(endpoint: server.endpoint, model: "m", http: http, retry: .never)
        let error = await #expect(throws: EngineAnswerError.self) { try await endpoint.ask(client) }
        guard case .transport(.tooLarge(_, limit: 1 << 20)) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        await http.shutdown()
    }

    /// What needs no work of the model may not take as long as that.
    @Test("each kind of request has its own time and size limits")
    func limits() {
        let client = EngineClient(endpoint: HTTPEndpoint(base: "http://a"), model: "m", http: HTTPClient())
        func allowed(_ limits: EngineClient.RequestLimits) -> (Duration, Int) {
            let request = client.request(.get, "/", limits)
            return (request.deadline, request.answerLimit)
        }
        #expect(allowed(.glance) == (.seconds(30), 16 << 20))
        #expect(allowed(.reading) == (.seconds(120), 64 << 20))
        #expect(allowed(.command) == (.seconds(600), 1 << 20))
        #expect(allowed(.work) == (client.deadline, 256 << 20))
    }
}

import Foundation
import TestServers
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("The HTTP client", .timeLimit(.minutes(1)))
struct HTTPClientTests {
    private func post(_ server: TestServer, _ body: String, key: Secret? = nil) -> HTTPRequest {
        HTTPRequest(.post, HTTPEndpoint(base: server.base, key: key), "/echo", body: Data(body.utf8))
    }

    @Test("body, headers and status are carried both ways")
    func roundTrip() async throws {
        let server = try await TestServer { .init(status: 418, body: $0.body, headers: ["X-Kind": "tea pot"]) }
        let client = HTTPClient()
        let body = String(repeating: "two kilobytes ", count: 150)
        let response = try await client.send(post(server, body, key: Secret("hush")))
        #expect(response.status == 418)
        #expect(String(decoding: response.body, as: UTF8.self) == body)
        #expect(response.header("x-kind") == "tea pot")
        #expect(response.header("x-other") == nil)
        let request = try #require(server.requests.first)
        #expect(request.headers["authorization"] == "Bearer hush")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["expect"] == nil)
    }

    @Test("a POST may have no body")
    func emptyPost() async throws {
        let server = try await TestServer {
            .init(body: Data("\($0.body.count) \($0.headers["content-length"] ?? "-")".utf8))
        }
        let response = try await HTTPClient().send(HTTPRequest(.post, HTTPEndpoint(base: server.base), "/"))
        #expect(String(decoding: response.body, as: UTF8.self) == "0 0")
    }

    @Test("connections are kept")
    func keepsConnections() async throws {
        let server = try await TestServer { .init(body: $0.body) }
        let client = HTTPClient()
        for number in 0..<20 { _ = try await client.send(post(server, "\(number)")) }
        #expect(Set(server.requests.map(\.peer)).count == 1)
        await client.closeIdleConnections()
        _ = try await client.send(post(server, "again"))
        #expect(Set(server.requests.map(\.peer)).count == 2)
    }

    @Test("closing idle connections leaves requests alone")
    func closesIdle() async throws {
        let gate = Latch<Bool>()
        let server = try await TestServer { request in
            if request.body == Data("slow".utf8) { _ = try await gate.wait() }
            return .init(body: request.body)
        }
        let client = HTTPClient()
        let slow = Task { try await client.send(post(server, "slow")) }
        try await until { !server.requests.isEmpty }
        await client.closeIdleConnections()
        #expect(try await client.send(post(server, "quick")).status == 200)
        gate.set(true)
        #expect(try await slow.value.body == Data("slow".utf8))
    }

    @Test("hundreds of requests are in flight at once")
    func hundredsInFlight() async throws {
        let barrier = Barrier(300)
        let server = try await TestServer { request in
            await barrier.arrive()
            return .init(body: request.body)
        }
        let client = HTTPClient()
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let response = try await client.send(post(server, "n\(number)"))
                    return response.body == Data("n\(number)".utf8)
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answers == 300)
    }

    @Test("a cancellation closes the socket")
    func cancellation() async throws {
        let arrived = Latch<Bool>()
        let closed = Latch<Bool>()
        let server = try RawServer { connection in
            _ = connection.readHead()
            arrived.set(true)
            connection.waitForClose()
            closed.set(true)
        }
        let client = HTTPClient()
        let task = Task { try await client.send(HTTPRequest(.get, server.endpoint, "/")) }
        _ = try await arrived.wait()
        task.cancel()
        await #expect(throws: HTTPError.cancelled) { try await task.value }
        #expect(try await closed.wait())
    }

    @Test("an early cancellation is not lost")
    func earlyCancellation() async throws {
        let server = try RawServer { $0.waitForClose() }
        let client = HTTPClient()
        let gate = Latch<Bool>()
        let task = Task {
            _ = try? await gate.wait()
            return try await client.send(HTTPRequest(.get, server.endpoint, "/"))
        }
        task.cancel()
        gate.set(true)
        await #expect(throws: HTTPError.cancelled) { try await task.value }
    }

    @Test("many requests cancelled at random moments all end")
    func manyCancellations() async throws {
        let server = try await TestServer { .init(body: $0.body) }
        let client = HTTPClient()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let task = Task { try await client.send(post(server, "\(number)")) }
                    for _ in 0..<(number % 7) { await Task.yield() }
                    task.cancel()
                    if case .failure(let error) = await task.result {
                        #expect(error as? HTTPError == .cancelled)
                    }
                }
            }
        }
        #expect(try await client.send(post(server, "after")).body == Data("after".utf8))
    }

    @Test("a deadline ends the request")
    func deadline() async throws {
        let server = try RawServer { $0.waitForClose() }
        var request = HTTPRequest(.get, server.endpoint, "/slow")
        request.deadline = .milliseconds(30)
        let url = request.url
        let final = request
        await #expect(throws: HTTPError.timedOut(url: url)) { try await HTTPClient().send(final) }
    }

    @Test("a port on which nobody listens is a refused connection")
    func nobodyListens() async throws {
        let request = HTTPRequest(.get, HTTPEndpoint(base: "http://127.0.0.1:\(try FreePort.find())"), "/")
        await #expect(throws: HTTPError.refused(url: request.url)) { try await HTTPClient().send(request) }
    }

    @Test(
        "a response that is cut off is a lost connection",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nonly",
            "HTTP/1.1 200 O", "",
        ])
    func cutResponse(_ answer: String) async throws {
        let server = try RawServer { connection in
            _ = connection.readHead()
            connection.write(answer)
        }
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient().send(HTTPRequest(.get, server.endpoint, "/"))
        }
        guard case .connectionLost = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test("a reset is a lost connection")
    func reset() async throws {
        let server = try RawServer { connection in
            _ = connection.readHead()
            connection.reset()
        }
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient().send(HTTPRequest(.get, server.endpoint, "/"))
        }
        #expect(error?.isTransient == true)
    }

    @Test("a response beyond the limit is refused")
    func tooLarge() async throws {
        let server = try await TestServer { _ in .init(body: Data(count: 5000)) }
        let client = HTTPClient(limits: .init(responseBytes: 4999))
        let request = post(server, "")
        await #expect(throws: HTTPError.tooLarge(url: request.url, limit: 4999)) {
            try await client.send(request)
        }
    }

    @Test("where all answers together hold too much, the longest is given up")
    func holdsNoMoreThanAllMay() async throws {
        let isShort = Latch<Void>()
        let server = try RawServer { connection in
            let isLong = connection.readHead().hasPrefix("GET /long")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(isLong ? 1 << 30 : 1000)\r\n\r\n")
            connection.write(String(repeating: "x", count: 999))
            if isLong {
                while connection.write(String(repeating: "x", count: 4096)) {}
            } else {
                isShort.set(())
                connection.waitForClose()
            }
        }
        let client = HTTPClient(limits: .init(arrivingBytes: 1 << 20))
        let short = Task { try await client.send(HTTPRequest(.get, server.endpoint, "/short")) }
        _ = try await isShort.wait()
        let long = HTTPRequest(.get, server.endpoint, "/long")
        await #expect(throws: HTTPError.tooLarge(url: long.url, limit: 1 << 19)) { try await client.send(long) }
        // What was given up makes room for the next.
        await #expect(throws: HTTPError.tooLarge(url: long.url, limit: 1 << 19)) { try await client.send(long) }
        short.cancel()
        await #expect(throws: HTTPError.cancelled) { try await short.value }
        await client.shutdown()
    }

    @Test("a shutdown ends running requests and refuses new ones")
    func shutdown() async throws {
        let arrived = Latch<Bool>()
        let closed = Latch<Bool>()
        let server = try RawServer { connection in
            _ = connection.readHead()
            arrived.set(true)
            connection.waitForClose()
            closed.set(true)
        }
        let client = HTTPClient()
        let task = Task { try await client.send(HTTPRequest(.get, server.endpoint, "/")) }
        _ = try await arrived.wait()
        await client.shutdown()
        await #expect(throws: HTTPError.shutDown) { try await task.value }
        #expect(try await closed.wait())
        await #expect(throws: HTTPError.shutDown) {
            try await client.send(HTTPRequest(.get, server.endpoint, "/"))
        }
        await client.shutdown()
        await client.closeIdleConnections()
    }

    @Test("the key appears in no description")
    func key() async throws {
        let endpoint = HTTPEndpoint(base: "http://127.0.0.1:1", key: Secret("hush-hush"))
        let request = HTTPRequest(.get, endpoint, "/")
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: endpoint), dumped] {
            #expect(!text.contains("hush-hush"))
        }
    }
}

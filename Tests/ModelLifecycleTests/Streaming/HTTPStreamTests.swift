import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("HTTP bodies read as they arrive", .timeLimit(.minutes(1))) struct HTTPStreamTests {
    /// What a receiver was given.
    private final class Received: Sendable {
        private let pieces = Mutex<[Data]>([])

        func take(_ piece: Data) -> Int {
            pieces.withLock {
                $0.append(piece)
                return $0.count
            }
        }

        var text: String { pieces.withLock { String(decoding: $0.joined(), as: UTF8.self) } }
    }

    private func request(_ server: RawServer) -> HTTPRequest {
        HTTPRequest(.post, server.endpoint, "/", body: Data("{}".utf8))
    }

    @Test("the body comes in order, while it is written, and the connection is kept")
    func order() async throws {
        let connections = Counter()
        let seen = (0..<20).map { _ in Latch<Void>() }
        let server = try RawServer { connection in
            _ = connections.next()
            for _ in 0..<2 {
                connection.readRequest()
                connection.writeChunkedHead()
                for number in 0..<20 {
                    connection.writeChunk("<\(number)>")
                    while seen[number].value == nil, connection.isOpen {}
                }
                connection.writeChunk("")
            }
            connection.waitForClose()
        }
        let client = HTTPClient()
        for _ in 0..<2 {
            let received = Received()
            let response = try await client.stream(request(server)) { piece in
                _ = received.take(piece)
                for number in 0..<20 where received.text.contains("<\(number)>") { seen[number].set(()) }
                return .more(holding: 0)
            }
            #expect(response.status == 200 && response.body.isEmpty)
            #expect(received.text == (0..<20).map { "<\($0)>" }.joined())
        }
        #expect(connections.value == 1)
    }

    @Test("the body of an error is not for the receiver")
    func error() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead(status: "503 Busy")
            connection.writeChunk("come ")
            connection.writeChunk("later")
            connection.writeChunk("")
        }
        let response = try await HTTPClient().stream(request(server)) { _ in
            Issue.record("called")
            return .enough
        }
        #expect(response.status == 503 && response.body == Data("come later".utf8))
    }

    @Test("a receiver that has enough closes the connection")
    func enough() async throws {
        let closed = Latch<Void>()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            while connection.writeChunk("more and more") {}
            closed.set(())
        }
        let received = Received()
        let response = try await HTTPClient().stream(request(server)) {
            received.take($0) == 3 ? .enough : .more(holding: 0)
        }
        #expect(response.status == 200)
        try await closed.wait()
    }

    /// A stream whose first piece has come.
    private func begun(_ client: HTTPClient, _ server: RawServer) async throws -> Task<HTTPResponse, any Error> {
        let begun = Latch<Void>()
        let request = request(server)
        let task = Task {
            try await client.stream(request) { _ in
                begun.set(())
                return .more(holding: 0)
            }
        }
        try await begun.wait()
        return task
    }

    @Test("a cancellation closes the connection, silent or not", arguments: [true, false])
    func cancellation(_ isSilent: Bool) async throws {
        let closed = Latch<Void>()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk("a")
            if isSilent { connection.waitForClose() } else { while connection.writeChunk("more") {} }
            closed.set(())
        }
        let task = try await begun(HTTPClient(), server)
        task.cancel()
        await #expect(throws: HTTPError.cancelled) { try await task.value }
        try await closed.wait()
    }

    @Test("a body that breaks off is a lost connection, after what has arrived")
    func brokenOff() async throws {
        let received = Received()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk("this far")
        }
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient().stream(request(server)) {
                _ = received.take($0)
                return .more(holding: 0)
            }
        }
        guard case .connectionLost = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(received.text == "this far")
    }

    @Test("limits hold: bytes in all, and bytes that the receiver keeps")
    func limits() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            while connection.writeChunk(String(repeating: "x", count: 1000)) {}
        }
        var request = request(server)
        request.answerLimit = 100_000
        let limited = request
        await #expect(throws: HTTPError.tooLarge(url: request.url, limit: 100_000)) {
            try await HTTPClient().stream(limited) { _ in .more(holding: 0) }
        }
        let kept = Counter()
        let client = HTTPClient(limits: .init(arrivingBytes: 50_000))
        let free = self.request(server)
        await #expect(throws: HTTPError.tooLarge(url: free.url, limit: 50_000)) {
            try await client.stream(free) { _ in .more(holding: kept.next() < 3 ? 100 : 60_000) }
        }
        // What is not kept does not count.
        let response = try await client.stream(free) { _ in kept.next() < 20 ? .more(holding: 100) : .enough }
        #expect(response.status == 200)
    }

    @Test("a deadline ends a body that goes on")
    func deadline() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            while connection.writeChunk("."), connection.isOpen {}
        }
        var request = request(server)
        request.deadline = .milliseconds(200)
        let limited = request
        await #expect(throws: HTTPError.timedOut(url: request.url)) {
            try await HTTPClient().stream(limited) { _ in .more(holding: 0) }
        }
    }

    @Test("a shutdown ends streams")
    func shutdown() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk(".")
            connection.waitForClose()
        }
        let client = HTTPClient()
        let task = try await begun(client, server)
        await client.shutdown()
        await #expect(throws: HTTPError.shutDown) { try await task.value }
    }
}

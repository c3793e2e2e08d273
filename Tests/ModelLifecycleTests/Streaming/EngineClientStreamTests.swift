import Foundation
import TestServers
import TestSupport
import Testing

@testable import ModelLifecycle
@testable import Support

@Suite("Streaming from an engine", .timeLimit(.minutes(1))) struct EngineClientStreamTests {
    private let clock = RecordingClock()
    private let text = StreamText()

    private func client(_ server: RawServer, attempts: Int = 3) -> EngineClient {
        EngineClient(
            endpoint: server.endpoint, model: "draft", http: HTTPClient(), retry: RetryPolicy(attempts: attempts),
            clock: clock)
    }

    private func whole(_ connection: RawServer.Connection) {
        connection.writeChunkedHead()
        for event in text.events { connection.writeChunk(event) }
        connection.writeChunk("")
    }

    @Test("the completion and its parts are those of the response in one piece, and the request says that it streams")
    func stream() async throws {
        let sent = Latch<String>()
        let server = try RawServer { connection in
            sent.set(connection.readRequest())
            whole(connection)
        }
        let oneShot = try await TestServer { [text] _ in .json(text.whole) }
        let log = PartLog()
        let completion = try await client(server).stream(StreamText.request) {
            log.add($0)
            return .goOn
        }
        let other = EngineClient(endpoint: HTTPEndpoint(base: oneShot.base), model: "draft", http: HTTPClient())
        let expected = try await other.complete(StreamText.request)
        #expect(completion == expected)
        #expect(log.joined == (completion.text, completion.tokenIDs))
        let question = Data(try await sent.wait().utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: question) as? [String: Any])
        #expect(json["stream"] as? Bool == true)
        #expect(json["stream_options"] as? [String: Bool] == ["include_usage": true])
        let plain = try #require(
            try JSONSerialization.jsonObject(with: oneShot.requests[0].body) as? [String: Any])
        #expect(Set(json.keys).subtracting(plain.keys) == ["stream_options"])
    }

    @Test("a stream that breaks off is asked for again, and its parts begin again")
    func brokenOff() async throws {
        let attempts = Counter()
        let server = try RawServer { connection in
            connection.readRequest()
            guard attempts.next() == 3 else {
                connection.writeChunkedHead()
                for event in text.events.prefix(2) { connection.writeChunk(event) }
                return
            }
            whole(connection)
        }
        let log = PartLog()
        let completion = try await client(server).stream(StreamText.request) {
            log.add($0)
            return .goOn
        }
        #expect(completion.finish == .stop("\n\n"))
        #expect(log.parts.count(where: \.isFirst) == 3)
        #expect(log.joined == (completion.text, completion.tokenIDs))
        #expect(clock.sleeps.count == 2)
    }

    @Test("an error in a stream and a status that may pass are retried; a malformed event is not")
    func errors() async throws {
        let attempts = Counter()
        let server = try RawServer { connection in
            connection.readRequest()
            switch attempts.next() {
            case 1:
                connection.writeChunkedHead()
                connection.writeChunk(text.events[0])
                connection.writeChunk(
                    "data: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":400}}\n\n")
                connection.writeChunk("data: [DONE]\n\n")
                connection.writeChunk("")
            case 2: connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            default:
                connection.writeChunkedHead()
                connection.writeChunk("data: {}\n\n")
                connection.writeChunk("")
            }
        }
        let error = await #expect(throws: EngineAnswerError.self) {
            try await client(server, attempts: 9).stream(StreamText.request) { _ in .goOn }
        }
        #expect(error == .malformed(endpoint: "/v1/completions", what: "the field choices is missing", excerpt: "{}"))
        #expect(attempts.value == 3)
    }

    @Test("a connection that breaks after the end loses nothing")
    func brokenAfterEnd() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk(text.text)
        }
        let completion = try await client(server, attempts: 1).stream(StreamText.request) { _ in .goOn }
        #expect(completion.finish == .stop("\n\n"))
    }

    /// Sends the first event and no more.
    private func silent(closed: Latch<Void> = Latch()) throws -> RawServer {
        try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk(text.events[0])
            connection.waitForClose()
            closed.set(())
        }
    }

    /// A stream whose first part has come.
    private func begun(_ client: EngineClient, _ stop: StreamStop) async throws -> Task<Completion, any Error> {
        let begun = Latch<Void>()
        let task = Task {
            try await client.stream(StreamText.request, stop: stop) { _ in
                begun.set(())
                return .goOn
            }
        }
        try await begun.wait()
        return task
    }

    private func expectFirstEvent(_ completion: Completion) {
        #expect(
            completion
                == Completion(
                    text: " Pa", tokenIDs: [7042], finish: .stopped, promptTokens: 2, completionTokens: 1))
    }

    @Test("the receiver ends a stream, and the connection closes")
    func enough() async throws {
        let closed = Latch<Void>()
        let server = try silent(closed: closed)
        expectFirstEvent(try await client(server).stream(StreamText.request) { _ in .enough })
        try await closed.wait()
    }

    @Test("a stream is stopped from outside while nothing arrives")
    func stopped() async throws {
        let closed = Latch<Void>()
        let server = try silent(closed: closed)
        let stop = StreamStop()
        let task = try await begun(client(server), stop)
        stop.stop()
        expectFirstEvent(try await task.value)
        try await closed.wait()
    }

    @Test("a stop may come first, or when all is over")
    func stopEarlyOrLate() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            whole(connection)
        }
        let stop = StreamStop()
        stop.stop()
        let nothing = try await client(server).stream(StreamText.request, stop: stop) { _ in .goOn }
        #expect(nothing.finish == .stopped && nothing.tokenIDs.isEmpty)
        let late = StreamStop()
        let completion = try await client(server).stream(StreamText.request, stop: late) { _ in .goOn }
        late.stop()
        #expect(completion.finish == .stop("\n\n"))
    }

    @Test("a stop ends the pause before another attempt")
    func stopInPause() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.writeChunkedHead()
            connection.writeChunk(text.events[0])
        }
        let (stop, clock) = (StreamStop(), RecordingClock(isEndless: true))
        let client = EngineClient(
            endpoint: server.endpoint, model: "draft", http: HTTPClient(), retry: RetryPolicy(), clock: clock)
        let task = try await begun(client, stop)
        try await until { !clock.sleeps.isEmpty }
        stop.stop()
        expectFirstEvent(try await task.value)
    }

    @Test("a cancelled task ends with that, stopped or not", arguments: [true, false])
    func cancelled(_ isStopped: Bool) async throws {
        let server = try silent()
        let stop = StreamStop()
        let task = try await begun(client(server), stop)
        task.cancel()
        if isStopped { stop.stop() }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("hundreds of streams at once come whole")
    func hundreds() async throws {
        let server = try RawServer { connection in
            for _ in 0..<3 {
                guard !connection.readRequest().isEmpty else { return }
                whole(connection)
            }
        }
        let client = client(server)
        try await withThrowingTaskGroup(of: Completion.self) { group in
            for _ in 0..<300 {
                group.addTask { try await client.stream(StreamText.request) { _ in .goOn } }
            }
            for try await completion in group { #expect(completion.finish == .stop("\n\n")) }
        }
    }
}

import Foundation
import Synchronization
import TestServers
import Testing

@testable import ModelLifecycle

@Suite("The HTTP client on the web", .timeLimit(.minutes(1)))
struct HTTPWebRouteTests {
    private func request(
        _ server: TestServer, _ path: String, route: HTTPRequest.Route = .web(stallLimit: .seconds(60))
    )
        -> HTTPRequest
    {
        var request = HTTPRequest(.get, HTTPEndpoint(base: server.base), path)
        request.route = route
        return request
    }

    @Test("redirects are followed")
    func redirect() async throws {
        let server = try await TestServer { request in
            request.path == "/end"
                ? .init(body: Data("here".utf8))
                : .init(status: 302, body: Data("go on".utf8), headers: ["Location": "/end", "X-Kind": "first"])
        }
        let answer = try await HTTPClient().send(request(server, "/start"))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "here")
        #expect(answer.header("x-kind") == nil)
        #expect(server.requests.map(\.path) == ["/start", "/end"])
        let direct = try await HTTPClient().send(request(server, "/start", route: .direct))
        #expect(direct.status == 302)
    }

    @Test("a circle of redirects ends")
    func redirectLoop() async throws {
        let server = try await TestServer { _ in .init(status: 302, headers: ["Location": "/again"]) }
        let error = await #expect(throws: HTTPError.self) { try await HTTPClient().send(request(server, "/")) }
        #expect("\(error, default: "")".contains("redirects"))
        #expect(server.requests.count == 11)
    }

    @Test("progress is reported")
    func progress() async throws {
        let heard = Mutex<[[Int?]]>([])
        let size = 1 << 20
        let server = try await TestServer { _ in .init(body: Data(count: size)) }
        var request = request(server, "/")
        request.progress = { received, expected in heard.withLock { $0.append([received, expected]) } }
        _ = try await HTTPClient().send(request)
        let counts = heard.withLock { $0 }
        #expect(counts.allSatisfy { $0[1] == size })
        #expect(counts.compactMap { $0[0] } == counts.compactMap { $0[0] }.sorted())
        #expect(counts.last?[0] == size)
    }

    @Test("the size is unknown where the server does not state it")
    func unknownSize() async throws {
        let heard = Mutex<[[Int?]]>([])
        let server = try RawServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n")
        }
        var request = HTTPRequest(.get, server.endpoint, "/")
        request.route = .web(stallLimit: .seconds(60))
        request.progress = { received, expected in heard.withLock { $0.append([received, expected]) } }
        #expect(try await HTTPClient().send(request).body == Data("four".utf8))
        #expect(heard.withLock { $0 } == [[4, nil]])
    }
}

import Testing

@testable import RunServer

@Suite("The head of a request") struct RequestHeadTests {
    private func head(_ text: String) throws -> RequestHead { try RequestHead(Array(text.utf8)) }

    @Test("method, path, query, headers and cookies")
    func parts() throws {
        let head = try head(
            "GET /run/a%2Fb/?token=x%20y&a=1 HTTP/1.1\r\nhost: localhost:1\r\nCookie: a=1; b=2\r\nCookie: a=3\r\nX: 1\r\nx: 2"
        )
        #expect(head.method == "GET" && head.components == ["run", "a/b", ""])
        #expect(head.field("token") == "x y" && head.field("b") == nil)
        #expect(head["host"] == "localhost:1" && head.cookies("a") == ["1", "3"])
        // Which of two is meant is not known.
        #expect(head["x"] == nil && head["y"] == nil)
    }

    @Test(
        "what is no request of HTTP/1 is refused",
        arguments: [
            "", "GET", "GET /", "GET / HTTP/2", "GET  / HTTP/1.1", "GET http://x/ HTTP/1.1", "GET * HTTP/1.1",
            "GET /# HTTP/1.1",
            "GET / HTTP/1.1\r\nno colon", "GET / HTTP/1.1\r\n: empty", "GET / HTTP/1.1\r\na b: c", "GET /\0 HTTP/1.1",
            "GET / HTTP/1.1\r\nA: 1\r\n folded: 2", "\u{16}\u{3}\u{1}",
        ])
    func malformed(text: String) {
        #expect(throws: RequestHead.Fault.malformed) { try head(text) }
    }

    @Test("bytes that are no text are refused")
    func noText() {
        #expect(throws: RequestHead.Fault.malformed) {
            try RequestHead([71, 69, 84, 32, 47, 0xFF, 32] + Array("HTTP/1.1".utf8))
        }
    }

    @Test("a path that cannot be decoded has no parts")
    func encoding() throws {
        #expect(try head("GET /%FF HTTP/1.1").components == nil)
        #expect(try head("GET /%zz HTTP/1.1").components == nil)
        #expect(try head("GET /%2e%2e/%00 HTTP/1.1").components == ["..", "\0"])
    }
}

import Foundation

/// A response. Every one ends its connection.
struct Reply: Sendable {
    enum Body: Sendable {
        case data(Data)
        /// An open file, which is closed afterwards, and the bytes of it to send.
        case file(FileHandle, size: Int)
        /// Server-sent events, until the client or the server goes away.
        case events(EventSource)
    }

    /// The next event to send, or nil if there is none for a while; waits for it.
    typealias EventSource = @Sendable () async throws -> Data?

    var status: Int
    var type: String
    var headers: [(name: String, value: String)] = []
    var body: Body

    init(_ status: Int = 200, type: String = "text/plain; charset=utf-8", _ body: Body) {
        (self.status, self.type, self.body) = (status, type, body)
    }

    /// A sentence for people.
    init(_ status: Int, _ sentence: String) {
        self.init(status, .data(Data((sentence + "\n").utf8)))
    }

    static func html(_ page: Data, status: Int = 200) -> Reply {
        Reply(status, type: "text/html; charset=utf-8", .data(page))
    }

    /// The head as it is sent.
    var head: Data {
        var lines = ["HTTP/1.1 \(status) \(Self.phrases[status] ?? "")", "Content-Type: \(type)", "Connection: close"]
        switch body {
        case .data(let data): lines.append("Content-Length: \(data.count)")
        case .file(_, let size): lines.append("Content-Length: \(size)")
        case .events: lines.append("X-Accel-Buffering: no")
        }
        lines += Self.always + headers.map { "\($0.name): \($0.value)" }
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Nothing is kept by caches, shown inside other sites, or told to them.
    private static let always = [
        "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
        "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
        "Cross-Origin-Opener-Policy: same-origin",
    ]

    private static let phrases = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large",
        431: "Request Header Fields Too Large",
        500: "Internal Server Error", 503: "Service Unavailable",
    ]
}

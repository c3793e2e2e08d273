import FlyingFox
import Foundation
import ModelLifecycle
import Synchronization

/// A FlyingFox server on a port of 127.0.0.1 that the kernel chose.
final class FoxServer: Sendable {
    /// A request as the handlers of the tests see it.
    struct Seen: Sendable {
        var path: String
        /// `level=1&mode=wait`
        var query: String
        var headers: [String: String]
        var body: Data
        /// The other side's address, which tells connections apart.
        var peer: String
    }

    struct Reply: Sendable {
        var status = 200
        var body = Data()
        var headers: [String: String] = [:]

        static func json(_ text: String, status: Int = 200) -> Reply {
            Reply(status: status, body: Data(text.utf8))
        }
    }

    typealias Handler = @Sendable (Seen) async throws -> Reply

    let port: Int
    private let server: HTTPServer
    private let task: Task<Void, any Error>
    private let log: Log

    private final class Log: Sendable {
        let seen = Mutex<[Seen]>([])
    }

    init(_ handler: @escaping Handler) async throws {
        let server = HTTPServer(
            config: .init(address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 60, logger: .disabled))
        let log = Log()
        await server.appendRoute("*") { request in
            let seen = Seen(
                path: request.path, query: request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
                headers: Dictionary(
                    request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $1 }
                ),
                body: try await request.bodyData, peer: "\(request.remoteAddress, default: "?")")
            log.seen.withLock { $0.append(seen) }
            let reply = try await handler(seen)
            return HTTPResponse(
                statusCode: HTTPStatusCode(reply.status, phrase: "Test"),
                headers: HTTPHeaders(
                    Dictionary(uniqueKeysWithValues: reply.headers.map { (HTTPHeader($0.key), $0.value) })),
                body: reply.body)
        }
        let task = Task { try await server.run() }
        try await server.waitUntilListening()
        guard case .ip4(_, port: let port) = await server.listeningAddress else {
            throw CancellationError()
        }
        self.server = server
        self.task = task
        self.log = log
        self.port = Int(port)
    }

    deinit { task.cancel() }

    func stop() async {
        await server.stop()
        task.cancel()
    }

    var base: String { "http://127.0.0.1:\(port)" }
    var seen: [Seen] { log.seen.withLock { $0 } }
}

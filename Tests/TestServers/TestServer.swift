import FlyingFox
import Foundation
import Synchronization

/// An HTTP server on a free port of 127.0.0.1; one function of the test's responds to every request.
package final class TestServer: Sendable {
    package struct Request: Sendable {
        package var path: String
        /// `level=1&mode=wait`
        package var query: String
        /// By their names in lower case.
        package var headers: [String: String]
        package var body: Data
        /// The other side's address, which tells connections apart.
        package var peer: String
    }

    package struct Response: Sendable {
        package var status: Int
        package var body: Data
        package var headers: [String: String]

        package init(status: Int = 200, body: Data = Data(), headers: [String: String] = [:]) {
            self.status = status
            self.body = body
            self.headers = headers
        }

        package static func json(_ text: String, status: Int = 200) -> Response {
            Response(status: status, body: Data(text.utf8))
        }

        /// - Throws: an error of `JSONEncoder`.
        package static func json(_ value: some Encodable) throws -> Response {
            Response(body: try JSONEncoder().encode(value))
        }
    }

    package typealias Handler = @Sendable (Request) async throws -> Response

    package let port: Int
    private let server: HTTPServer
    private let task: Task<Void, any Error>
    private let log: Log

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// - Parameter handler: where it throws, the response has status 500.
    /// - Throws: an error of the system where there is no port.
    package init(_ handler: @escaping Handler) async throws {
        let server = HTTPServer(
            config: .init(address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 600, logger: .disabled))
        let log = Log()
        await server.appendRoute("*") { request in
            let request = Request(
                path: request.path, query: request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
                headers: Dictionary(
                    request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $1 }
                ),
                body: try await request.bodyData, peer: "\(request.remoteAddress, default: "?")")
            log.requests.withLock { $0.append(request) }
            let response = try await handler(request)
            return HTTPResponse(
                statusCode: HTTPStatusCode(response.status, phrase: "Test"),
                headers: HTTPHeaders(
                    Dictionary(uniqueKeysWithValues: response.headers.map { (HTTPHeader($0.key), $0.value) })),
                body: response.body)
        }
        let task = Task { try await server.run() }
        try await server.waitUntilListening(timeout: 60)
        guard case .ip4(_, port: let port) = await server.listeningAddress else { throw CancellationError() }
        try Self.sendAtOnce(fromPort: port)
        self.server = server
        self.task = task
        self.log = log
        self.port = Int(port)
    }

    /// FlyingFox writes the head and the body of a response separately, and a short body would wait up to 40 ms for the client to
    /// acknowledge the head. Connections inherit this from the socket that listens.
    private static func sendAtOnce(fromPort port: UInt16) throws {
        for descriptor in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init) {
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            guard status == 0, address.sin_family == sa_family_t(AF_INET), address.sin_port == port.bigEndian else {
                continue
            }
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit { task.cancel() }

    package func stop() async {
        await server.stop()
        task.cancel()
    }

    package var base: String { "http://127.0.0.1:\(port)" }
    /// All so far, the earliest first.
    package var requests: [Request] { log.requests.withLock { $0 } }
}

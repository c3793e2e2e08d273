import FlyingFox
import FlyingSocks
import Foundation

/// An HTTP server for one model that speaks vLLM's API: `/v1/completions`, `/pooling`, `/tokenize`, `/health` and the other
/// endpoints that a client needs.
public struct PocketServer: Sendable {
    public static let version = "0.1.0+pocket"

    public struct Options: Sendable {
        public var host = "127.0.0.1"
        /// 0 picks a free port.
        public var port: UInt16 = 0
        /// The model name in requests; nil for the folder's path.
        public var modelName: String?
        /// Required for `/v1/*` if set.
        public var apiKey: String?
        /// A file to which every request to the model is appended as one line of JSON.
        public var requestLog: String?
        public var faults = Faults()
        public var delay = Duration.zero

        public init() {}
    }

    private let server: HTTPServer
    private let watch: ClientWatch
    private let host: String

    /// - Throws: `CheckpointError` if the request log cannot be opened or the host is not an address.
    public init(engine: Engine, folder: URL, options: Options) throws {
        watch = ClientWatch(port: options.port)
        let router = Router(
            engine: engine, modelName: options.modelName ?? folder.path, root: folder.path,
            apiKey: options.apiKey,
            requestLog: try options.requestLog.map(RequestLog.init), faults: options.faults,
            delay: options.delay, watch: watch)
        // Requests have no time limit: only the client gives up.
        let patience: TimeInterval = 1e7
        host = options.host == "localhost" ? "127.0.0.1" : options.host
        if let address = try? sockaddr_in.inet(ip4: host, port: options.port) {
            server = HTTPServer(address: address, timeout: patience, logger: .disabled, handler: router)
        } else if let address = try? sockaddr_in6.inet6(ip6: host, port: options.port) {
            server = HTTPServer(address: address, timeout: patience, logger: .disabled, handler: router)
        } else {
            throw CheckpointError("\(options.host): not an IP address")
        }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: `AddressInUse`, or an error of FlyingSocks.
    public func run() async throws {
        do {
            try await server.run()
        } catch SocketError.failed(_, let number, _) where number == EADDRINUSE {
            throw AddressInUse()
        }
    }

    /// Waits until connections are accepted.
    ///
    /// - Returns: the port.
    public func waitUntilListening() async throws -> UInt16 {
        try await server.waitUntilListening(timeout: 60)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port):
            watch.listens(on: port)
            return port
        case .unix, nil: return 0
        }
    }

    /// Has the text of vLLM's (Python's) error.
    public struct AddressInUse: Error, CustomStringConvertible {
        public var description: String { "[Errno \(EADDRINUSE)] Address already in use" }
    }
}

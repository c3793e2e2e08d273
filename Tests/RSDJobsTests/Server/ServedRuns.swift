import Foundation

@testable import RunServer
@testable import RunStore

/// A server for the runs of a test, which ends with the body.
enum ServedRuns {
    static let token = "0123456789abcdef0123456789abcdef"

    static func serve<Value: Sendable>(
        _ folder: String, limits: HTTPLimits = HTTPLimits(), _ body: (UInt16) async throws -> Value
    ) async throws -> Value {
        let listener = try HTTPListener(host: "127.0.0.1", port: 0, limits: limits)
        let server = RunServer(folder, on: listener, host: "127.0.0.1", token: token)
        let task = Task { try await server.run() }
        defer { task.cancel() }
        return try await body(listener.port)
    }

    static func get(_ port: UInt16, _ path: String) async throws -> String {
        try await PlainClient.get(port, path, headers: ["Cookie: a=b; rsd-batch-\(port)=\(token)"])
    }
}

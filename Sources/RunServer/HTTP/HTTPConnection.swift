import FlyingSocks
import Foundation
import Support

/// One connection: one request, one response.
struct HTTPConnection: Sendable {
    private let socket: AsyncSocket
    private let limits: HTTPLimits

    init(_ socket: AsyncSocket, _ limits: HTTPLimits) {
        (self.socket, self.limits) = (socket, limits)
    }

    /// Serves the connection and closes it.
    func serve(_ handler: @Sendable (RequestHead) async -> Reply) async {
        defer { try? socket.close() }
        do {
            let head: RequestHead
            do {
                head = try await within(limits.head) { try await readHead() }
            } catch let fault as RequestHead.Fault {
                return try await refuse(fault)
            }
            let reply = await handler(head)
            try await send(reply, withBody: head.method != "HEAD")
        } catch {
            // The client has gone, or is too slow.
        }
    }

    private func refuse(_ fault: RequestHead.Fault) async throws {
        let reply =
            fault == .tooLong ? Reply(431, "The request is too long.") : Reply(400, "The request is not HTTP/1.1.")
        try await send(reply, withBody: true)
        // Closing with something unread would take the response away from the client.
        shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        try await within(limits.linger) {
            var rest = 1 << 20
            while rest > 0 { rest -= try await socket.read(atMost: 4096).count }
        }
    }

    private func readHead() async throws -> RequestHead {
        var bytes: [UInt8] = []
        while true {
            let before = bytes.count
            bytes += try await socket.read(atMost: 4096)
            if let end = Self.end(of: bytes, from: max(0, before - 3)) { return try RequestHead(Array(bytes[..<end])) }
            if bytes.count > RequestHead.limit { throw RequestHead.Fault.tooLong }
        }
    }

    /// Where the blank line after the head begins.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        for place in start..<bytes.count where bytes[place] == lf {
            if place >= 1, bytes[place - 1] == lf { return place - 1 }
            if place >= 3, bytes[place - 1] == cr, bytes[place - 2] == lf {
                return place - (bytes[place - 3] == cr ? 3 : 2)
            }
        }
        return nil
    }

    // MARK: Sending

    private func send(_ reply: Reply, withBody: Bool) async throws {
        defer { if case .file(let file, _) = reply.body { try? file.close() } }
        try await write(reply.head)
        guard withBody else { return }
        switch reply.body {
        case .data(let data): try await write(data)
        case .file(let file, var rest):
            while rest > 0, let part = try file.read(upToCount: min(rest, 1 << 18)), !part.isEmpty {
                try await write(part)
                rest -= part.count
            }
        case .events(let next):
            while true {
                // A comment shows whether the client is still there.
                try await write(try await next() ?? Data(":\n\n".utf8))
            }
        }
    }

    /// In pieces, each of which must be taken in time.
    private func write(_ data: Data) async throws {
        var rest = data
        while !rest.isEmpty {
            let piece = Data(rest.prefix(1 << 18))
            try await within(limits.write) { try await socket.write(piece) }
            rest = rest.dropFirst(piece.count)
        }
    }

    private func within<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { race in
            race.addTask { try await body() }
            race.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { race.cancelAll() }
            guard let value = try await race.next() ?? nil else { throw CancellationError() }
            return value
        }
    }
}

/// What a client may take.
package struct HTTPLimits: Sendable {
    /// For the whole head of its request.
    package var head = Duration.seconds(10)
    /// For each piece of the response, of a quarter of a megabyte.
    package var write = Duration.seconds(30)
    /// To read a refusal.
    package var linger = Duration.seconds(1)
    /// At a time.
    package var connections = 256

    package init() {}
}

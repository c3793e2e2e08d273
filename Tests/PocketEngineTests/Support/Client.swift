import Foundation

@testable import PocketEngine

/// An answer as it came over the wire.
struct Answer: Sendable {
    let status: Int
    let body: Data
    /// Whether the connection closed before the announced end of the body.
    let cut: Bool

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON, for reading with subscripts.
    var json: JSON { JSON(try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) }
}

/// A JSON value read by path, for short expectations.
struct JSON {
    let value: Any?

    init(_ value: Any?) { self.value = value }

    subscript(_ key: String) -> JSON { JSON((value as? [String: Any])?[key]) }
    subscript(_ index: Int) -> JSON {
        guard let array = value as? [Any], array.indices.contains(index) else { return JSON(nil) }
        return JSON(array[index])
    }

    var string: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var double: Double? { (value as? NSNumber)?.doubleValue }
    var bool: Bool? { value as? Bool }
    var ints: [Int]? { value as? [Int] }
    var strings: [String]? { value as? [String] }
    var count: Int { (value as? [Any])?.count ?? 0 }
    /// Written as null, which is not the same as left out.
    var isNull: Bool { value is NSNull }
    var keys: Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }
}

struct ClientError: Error {
    let what: String
}

/// One HTTP request over one socket, on a thread of its own: blocking calls must not hold Swift's threads.
struct Connection: Sendable {
    private let socket: Int32

    /// - Parameter own: the port at this end; nil leaves it to the kernel.
    init(port: UInt16, from own: UInt16? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        do {
            if let own {
                var on: Int32 = 1
                setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
                try Self.at(own, "bind") { bind(socket, $0, $1) }
            }
            try Self.at(port, "connect") { connect(socket, $0, $1) }
        } catch {
            Glibc.close(socket)
            throw error
        }
    }

    private static func at(
        _ port: UInt16, _ what: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ClientError(what: "\(what): errno \(errno)") }
    }

    /// The port at this end.
    var ownPort: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    func close() { _ = Glibc.close(socket) }

    func send(_ method: String, _ path: String, _ body: Data?, headers: [String: String] = [:]) throws {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body?.count ?? 0)\r\n\r\n"
        let bytes = Array(head.utf8) + (body ?? Data())
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ClientError(what: "send: errno \(errno)") }
            sent += count
        }
    }

    /// Reads one answer. The connection can be used again, unless the answer was cut.
    func receive() async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try receiveBlocking() }) }
        }
    }

    /// The next bytes; nil when the other side has closed the connection.
    private func receiveSome() -> Data? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer[..<count]) : nil
    }

    /// Reads a body in chunks, of which `bytes` are the first.
    private func chunks(_ bytes: Data, status: Int) -> Answer {
        var (rest, body) = (bytes, Data())
        while true {
            if let line = rest.firstRange(of: Data("\r\n".utf8)),
                let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
                rest.endIndex >= line.upperBound + count + 2
            {
                guard count > 0 else { return Answer(status: status, body: body, cut: false) }
                body += rest[line.upperBound..<(line.upperBound + count)]
                rest = Data(rest[(line.upperBound + count + 2)...])
            } else if let new = receiveSome() {
                rest += new
            } else {
                return Answer(status: status, body: body, cut: true)
            }
        }
    }

    private func receiveBlocking() throws -> Answer {
        var bytes = Data()
        func more() -> Bool {
            let new = receiveSome()
            bytes += new ?? Data()
            return new != nil
        }
        let separator = Data("\r\n\r\n".utf8)
        while bytes.firstRange(of: separator) == nil {
            guard more() else { throw ClientError(what: "closed before an answer") }
        }
        guard let end = bytes.firstRange(of: separator) else { throw ClientError(what: "no head") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let length = lines.lazy.filter { $0.lowercased().hasPrefix("content-length:") }
            .compactMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) }.first
        let isChunked = lines.contains { $0.lowercased() == "transfer-encoding: chunked" }
        guard let status = Int(lines[0].split(separator: " ")[1]), length != nil || isChunked else {
            throw ClientError(what: "bad head: \(lines)")
        }
        bytes.removeSubrange(..<end.upperBound)
        guard let length else { return chunks(bytes, status: status) }
        while bytes.count < length, more() {}
        return Answer(status: status, body: Data(bytes), cut: bytes.count < length)
    }
}

/// A client of one server.
struct Client: Sendable {
    let port: UInt16

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await ask("GET", path, nil, headers: headers)
    }

    func post(_ path: String, _ body: [String: any Sendable] = [:], headers: [String: String] = [:])
        async throws -> Answer
    {
        try await ask("POST", path, try JSONSerialization.data(withJSONObject: body), headers: headers)
    }

    func ask(_ method: String, _ path: String, _ body: Data?, headers: [String: String] = [:]) async throws
        -> Answer
    {
        let connection = try Connection(port: port)
        defer { connection.close() }
        try connection.send(method, path, body, headers: headers)
        return try await connection.receive()
    }

    /// The value of a metric, by its name and, where there are several, by a part of its labels.
    func metric(_ name: String, _ label: String? = nil) async throws -> Double? {
        try await get("/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix("vllm:\(name){") && label.map($0.contains) ?? true }
            .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }

    /// Asks until the metric has this value. A test that waits in vain ends with its time limit.
    func wait(until name: String, is value: Double) async throws {
        while try await metric(name) != value { try Task.checkCancellation() }
    }
}

/// Runs `body` against a server in this process.
func withServer(
    _ fixture: Fixture = .tied, engine: Engine? = nil, faults: [String] = [], faultOnce: String? = nil,
    _ change: (inout PocketServer.Options) -> Void = { _ in }, _ body: (Client) async throws -> Void
) async throws {
    let engine = try engine ?? fixture.engine(threads: 2)
    defer { engine.stop() }
    var options = PocketServer.Options()
    options.modelName = "m"
    options.faults = Faults(try FaultPlan(specs: faults, onceFile: faultOnce))
    change(&options)
    let server = try PocketServer(engine: engine, folder: fixture.folder, options: options)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let port = try await server.waitUntilListening()
        do {
            try await body(Client(port: port))
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
    }
}

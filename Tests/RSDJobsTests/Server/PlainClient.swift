import Foundation

/// A connection to a server of this machine that sends what a test wants, valid or not.
final class PlainClient: Sendable {
    private let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// - Returns: false if the server has closed the connection.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Reads until the server closes the connection, or what has come satisfies the test.
    func read(until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [descriptor] in
                var (all, part) = (Data(), [UInt8](repeating: 0, count: 1 << 16))
                while !isEnough(String(decoding: all, as: UTF8.self)) {
                    let count = recv(descriptor, &part, part.count, 0)
                    if count <= 0 { break }
                    all.append(contentsOf: part[..<count])
                }
                continuation.resume(returning: String(decoding: all, as: UTF8.self))
            }
        }
    }

    /// The whole answer to one request.
    static func get(
        _ port: UInt16, _ target: String, method: String = "GET", host: String = "127.0.0.1", headers: [String] = []
    ) async throws -> String {
        let client = try PlainClient(port)
        let lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"] + headers
        client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        return await client.read()
    }
}

extension String {
    /// Of an HTTP response.
    var status: Int? { split(separator: " ").dropFirst().first.flatMap { Int($0) } }
    var body: String { range(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? "" }
}

import Foundation

/// A connection of a client: bytes in, requests out, and the reverse.
final class PaceConnection {
    struct Request {
        var method: String
        /// With the query.
        var target: String
        var body: [UInt8]

        var path: Substring { target.prefix { $0 != "?" } }

        func query(_ name: String) -> String? {
            target.split(separator: "?").dropFirst().joined().split(separator: "&")
                .first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
    }

    let socket: Int32
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    private var hasContinued = false
    /// The request that it waits for.
    var pending: Int?

    init(socket: Int32) {
        self.socket = socket
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    }

    var wantsToWrite: Bool { sent < output.count }

    // MARK: Reading

    /// - Returns: false if the client has closed the connection.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        while true {
            let count = recv(socket, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else {
                return count < 0 && (errno == EAGAIN || errno == EINTR)
            }
            input.append(contentsOf: buffer.prefix(count))
            if count < buffer.count { return true }
        }
    }

    /// The next whole request.
    ///
    /// - Throws: ``BenchFailure`` if it is not HTTP/1.1 as this server understands it.
    func next() throws -> Request? {
        let mark = Array("\r\n\r\n".utf8)
        guard input.count > 4, let end = input.prefix(32_768).firstRange(of: mark) else { return nil }
        let head = String(decoding: input[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = head.first?.split(separator: " ") ?? []
        var fields: [String: Substring] = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }
        }
        guard words.count == 3, fields["transfer-encoding"] == nil else {
            throw BenchFailure(description: "not a request with a content-length")
        }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        guard input.count >= end.upperBound + length else {
            if fields["expect"] != nil, !hasContinued {
                hasContinued = true
                send("HTTP/1.1 100 Continue\r\n\r\n")
            }
            return nil
        }
        hasContinued = false
        let body = Array(input[end.upperBound..<end.upperBound + length])
        input.removeSubrange(..<(end.upperBound + length))
        return Request(method: String(words[0]), target: String(words[1]), body: body)
    }

    // MARK: Writing

    func send(_ text: String) {
        output.append(contentsOf: text.utf8)
        flush()
    }

    func respond(_ body: String, status: Int = 200, type: String = "application/json") {
        let reason = [200: "OK", 400: "Bad Request", 404: "Not Found", 503: "Service Unavailable"][status] ?? "Error"
        send(
            "HTTP/1.1 \(status) \(reason)\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body
        )
    }

    /// Begins a stream of server-sent events.
    func beginStream() {
        send(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n")
    }

    func sendEvent(_ data: String) {
        let event = "data: \(data)\n\n"
        send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
    }

    func endStream() { send("0\r\n\r\n") }

    func flush() {
        while wantsToWrite {
            let count = output.withUnsafeBytes { bytes in
                Glibc.send(socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            // A client that has gone is found when its socket is read.
            guard count > 0 else { return }
            sent += count
        }
        output.removeAll(keepingCapacity: output.count < 1 << 16)
        sent = 0
    }
}

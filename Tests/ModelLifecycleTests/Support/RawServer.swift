import Foundation

@testable import ModelLifecycle

/// A server of bare sockets, for manners that no HTTP library has. One thread accepts, one serves each connection.
final class RawServer: Sendable {
    /// One accepted connection, read and written by its thread.
    struct Connection {
        let descriptor: Int32

        /// Reads up to the blank line after the headers. Empty when the other side closed.
        func readHead() -> String {
            var text = ""
            var byte: UInt8 = 0
            while !text.hasSuffix("\r\n\r\n") {
                guard recv(descriptor, &byte, 1, 0) == 1 else { return "" }
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            return text
        }

        /// Reads a request with its body: a connection that is closed before that loses what was written to it.
        ///
        /// - Returns: the body.
        @discardableResult
        func readRequest() -> String {
            let head = readHead().lowercased()
            let length = head.firstRange(of: "content-length: ").flatMap {
                Int(head[$0.upperBound...].prefix(while: \.isNumber))
            }
            var body: [UInt8] = []
            var byte: UInt8 = 0
            while body.count < length ?? 0, recv(descriptor, &byte, 1, 0) == 1 { body.append(byte) }
            return String(decoding: body, as: UTF8.self)
        }

        /// Writes the head of a response whose body follows in chunks.
        func writeChunkedHead(status: String = "200 OK") {
            write("HTTP/1.1 \(status)\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        }

        /// Writes one chunk of a body; an empty one ends the body.
        @discardableResult
        func writeChunk(_ text: String) -> Bool {
            write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
        }

        /// Returns when the other side has closed the connection.
        func waitForClose() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }

        /// - Returns: whether somebody is there to take it.
        @discardableResult
        func write(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
        }

        /// Looks after a moment: for those who write slowly.
        var isOpen: Bool {
            var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&look, 1, 10) == 0
        }

        /// Closes with a reset in place of an orderly end.
        func reset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
    }

    let port: Int
    private let listener: Int32

    /// - Parameter serve: called for every connection; the connection is closed when it returns.
    /// - Throws: `POSIXError` when there is no port.
    init(_ serve: @escaping @Sendable (Connection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
                let bound = bind(listener, generic, length)
                return bound != 0 ? bound : getsockname(listener, generic, &length)
            }
        }
        guard code == 0, listen(listener, 64) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    close(listener)
                    return
                }
                Thread.detachNewThread {
                    serve(Connection(descriptor: descriptor))
                    close(descriptor)
                }
            }
        }
    }

    /// The thread that accepts closes it, so that it never accepts from another's socket with the same number.
    deinit { Glibc.shutdown(listener, Int32(SHUT_RDWR)) }

    var endpoint: HTTPEndpoint { HTTPEndpoint(base: "http://127.0.0.1:\(port)") }
}

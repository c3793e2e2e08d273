import Foundation

/// Sockets on loopback.
enum PaceSocket {
    /// - Parameter port: 0 for a free one.
    /// - Throws: ``BenchFailure``
    static func listen(port: UInt16) throws -> (socket: Int32, port: UInt16) {
        let socket = try open()
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let bound = try withLoopback(port) { bind(socket, $0, $1) }
        guard bound == 0, Glibc.listen(socket, 4096) == 0 else { throw failure("listen on port \(port)") }
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// - Throws: ``BenchFailure``
    static func connect(port: UInt16) throws -> Int32 {
        let socket = try open()
        guard try withLoopback(port, { Glibc.connect(socket, $0, $1) }) == 0 else {
            throw failure("connect to port \(port)")
        }
        return socket
    }

    private static func open() throws -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw failure("open a socket") }
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        return socket
    }

    private static func withLoopback(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func failure(_ what: String) -> BenchFailure {
        BenchFailure(description: "cannot \(what): \(String(cString: strerror(errno)))")
    }
}

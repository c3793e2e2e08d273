import FlyingSocks
import Foundation
import Support
import Synchronization

/// A listening socket and its connections.
package struct HTTPListener: Sendable {
    private let socket: Socket
    private let limits: HTTPLimits
    package let port: UInt16

    /// Listens on an address, IPv4 or IPv6.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Throws: ``CannotListen``.
    package init(host: String, port: UInt16, limits: HTTPLimits = HTTPLimits()) throws(CannotListen) {
        self.limits = limits
        do {
            if let address = try? sockaddr_in6.inet6(ip6: host, port: port) {
                socket = try Self.listen(on: address)
            } else {
                socket = try Self.listen(on: try sockaddr_in.inet(ip4: host, port: port))
            }
            switch try socket.sockname() {
            case .ip4(_, let port), .ip6(_, let port): self.port = port
            case .unix: self.port = port
            }
        } catch SocketError.failed(_, let number, _) {
            throw CannotListen(host: host, port: port, errno: number)
        } catch {
            throw CannotListen(host: host, port: port, errno: EINVAL)
        }
    }

    private static func listen(on address: some SocketAddress) throws -> Socket {
        let socket = try Socket(domain: Int32(type(of: address).family), type: .stream)
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: address)
            try socket.listen()
            return socket
        } catch {
            try? socket.close()
            throw error
        }
    }

    /// Serves until the task is cancelled.
    func run(_ handler: @escaping @Sendable (RequestHead) async -> Reply) async throws {
        let pool = SocketPool<Poll>.make()
        try await pool.prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask { try await accept(on: pool, handler) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func accept(
        on pool: any AsyncSocketPool, _ handler: @escaping @Sendable (RequestHead) async -> Reply
    ) async throws {
        defer { try? socket.close() }
        let listening = try AsyncSocket(socket: socket, pool: pool)
        let open = OpenConnections()
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                let accepted: AsyncSocket
                do {
                    accepted = try await listening.accept()
                } catch is CancellationError {
                    throw CancellationError()
                } catch SocketError.failed(_, let number, _)
                    where [EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EINTR].contains(number)
                {
                    // The client has gone again, or there is no room for it; others may end.
                    try await Task.sleep(for: .milliseconds(50))
                    continue
                }
                guard open.count.add(1, ordering: .relaxed).newValue <= limits.connections else {
                    open.count.subtract(1, ordering: .relaxed)
                    try? accepted.close()
                    continue
                }
                group.addTask { [limits] in
                    await HTTPConnection(accepted, limits).serve(handler)
                    open.count.subtract(1, ordering: .relaxed)
                }
            }
        }
    }

    private final class OpenConnections: Sendable {
        let count = Atomic(0)
    }
}

/// The server cannot listen on the address or port.
package struct CannotListen: ProgramError, Equatable {
    package var host: String
    package var port: UInt16
    package var errno: Int32

    package init(host: String, port: UInt16, errno: Int32) {
        (self.host, self.port, self.errno) = (host, port, errno)
    }

    package var explanation: Explanation {
        let (what, remedy) =
            switch errno {
            case EADDRINUSE: ("port \(port) is in use on \(host)", "Give another --port, or 0 for any that is free.")
            case EACCES: ("port \(port) is reserved for the system's services", "Give a --port of at least 1024.")
            case EADDRNOTAVAIL: ("this machine has no address \(host)", "Give --host one of its own addresses.")
            case EINVAL, EAFNOSUPPORT: ("\(host) is not an IP address", "Give --host an address such as 127.0.0.1.")
            default:
                ("cannot listen on \(host), port \(port): \(String(cString: strerror(errno)))", "Give another --port.")
            }
        return Explanation("cannot-listen", .badJob, what, remedy: remedy)
    }
}

import FlyingFox
import Foundation
import Synchronization

/// Detects that the client of a running request has closed its connection.
///
/// FlyingFox gives a handler neither the socket nor its closing. The socket is found among the process's open files by the
/// ports at both ends, which identify it while the request runs: FlyingFox closes it only after the handler returns. The
/// client's port alone is not enough: the kernel reuses it for another server's connections.
final class ClientWatch: Sendable {
    private struct Entry {
        let socket: Int32
        let gone: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var next = 0
        /// Sockets by peer port, as last found.
        var known: [UInt16: Int32] = [:]
        var sweeping = false
        /// The server's own port, once known.
        var port: UInt16
    }

    private static let interval = Duration.milliseconds(20)
    private let state: Mutex<State>

    /// - Parameter port: of the server; 0 until ``listens(on:)`` is called.
    init(port: UInt16) {
        state = Mutex(State(port: port))
    }

    func listens(on port: UInt16) {
        state.withLock { $0.port = port }
    }

    /// Runs `body`; calls `gone` once if the client of `request` closes its connection before it ends.
    func during<T>(
        _ request: HTTPRequest, gone: @escaping @Sendable () -> Void, _ body: () async throws -> T
    ) async rethrows -> T {
        guard let socket = socket(of: request) else { return try await body() }
        let (number, start) = state.withLock { state in
            state.next += 1
            state.entries[state.next] = Entry(socket: socket, gone: gone)
            defer { state.sweeping = true }
            return (state.next, !state.sweeping)
        }
        defer { state.withLock { $0.entries[number] = nil } }
        if start { Task { await sweep() } }
        return try await body()
    }

    /// Makes the kernel send the response at once. FlyingFox writes head and body separately, and the body of a short response
    /// would wait up to 40 ms for the client to acknowledge the head.
    func sendAtOnce(_ request: HTTPRequest) {
        guard let socket = socket(of: request) else { return }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Checks all watched sockets until none is left.
    private func sweep() async {
        while true {
            try? await Task.sleep(for: Self.interval)
            let gone: [Entry]? = state.withLock { state in
                guard !state.entries.isEmpty else {
                    state.sweeping = false
                    return nil
                }
                let closed = state.entries.filter { Self.isClosed($0.value.socket) }
                for number in closed.keys { state.entries[number] = nil }
                return Array(closed.values)
            }
            guard let gone else { return }
            for entry in gone { entry.gone() }
        }
    }

    private static func isClosed(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    private func socket(of request: HTTPRequest) -> Int32? {
        let client: UInt16
        switch request.remoteAddress {
        case .ip4(_, let number), .ip6(_, let number): client = number
        case .unix, nil: return nil
        }
        let (known, server) = state.withLock { ($0.known[client], $0.port) }
        func joins(_ socket: Int32) -> Bool {
            Self.port(of: socket, getpeername) == client && Self.port(of: socket, getsockname) == server
        }
        if let known, joins(known) { return known }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        guard let found = files.lazy.compactMap({ Int32($0) }).first(where: joins) else { return nil }
        state.withLock { $0.known[client] = found }
        return found
    }

    private typealias AddressReader = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    /// The port at one end of a socket, or nil if it is not a connection.
    private static func port(of socket: Int32, _ read: AddressReader) -> UInt16? {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let failed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { read(socket, $0, &size) }
        }
        // Family and port have the same offsets in the addresses of both families.
        guard failed == 0, [AF_INET, AF_INET6].contains(Int32(address.sin6_family)) else { return nil }
        return UInt16(bigEndian: address.sin6_port)
    }
}

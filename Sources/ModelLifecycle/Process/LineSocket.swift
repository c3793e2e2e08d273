import Foundation
import Synchronization

/// This program's end of a pair of sockets, through which lines go to and fro: one out, one back.
package final class LineSocket: Sendable {
    /// The end for the child; to be closed here once the child has it.
    private let childEnd: Mutex<Int32?>
    private let descriptor: Int32
    private let first: Latch<String?>
    private let expected: Mutex<State>
    private let writer = DispatchQueue(label: "rsd-line-writer")

    private struct State {
        var reply: Latch<String?>?
        var isClosed = false
    }

    /// - Throws: `POSIXError`.
    package init() throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        // The first line may come before anybody waits for it.
        let first = Latch<String?>()
        self.first = first
        expected = Mutex(State(reply: first))
        descriptor = ends[0]
        childEnd = Mutex(ends[1])
        let thread = Thread { [self] in read() }
        thread.name = "rsd-line-reader"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// For the child's standard input and output.
    package var forChild: SpawnRequest.Talk { .socket(childEnd.withLock { $0 ?? -1 }) }

    /// To be called when the child has been started, so that its end is heard of.
    package func childStarted() {
        childEnd.withLock { end in
            if let end { close(end) }
            end = nil
        }
    }

    /// Waits for the line that the child says by itself; results as of ``ask(_:atMost:)``.
    package func firstLine(atMost limit: Duration) async throws -> String?? {
        try await first.wait(atMost: limit)
    }

    /// Sends a line and waits for one; only one at a time may ask. What comes unasked is dropped.
    ///
    /// - Parameter line: without a line break.
    /// - Returns: the answer; `.some(nil)` where the other end was closed, nil where the limit passed.
    /// - Throws: `CancellationError`.
    package func ask(_ line: String, atMost limit: Duration) async throws -> String?? {
        let reply = Latch<String?>()
        expected.withLock { state in
            if state.isClosed { reply.set(nil) } else { state.reply = reply }
        }
        writer.async { [self] in send(Array((line + "\n").utf8)) }
        return try await reply.wait(atMost: limit)
    }

    /// Ends the reader and lets nobody wait any longer.
    package func shutDown() {
        childStarted()
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Blocks while the child does not read, until it dies or ``shutDown()``; a closed end is no signal.
    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private func read() {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                expected.withLock { state in
                    defer { state.reply = nil }
                    return state.reply
                }?.set(line)
            }
        }
        expected.withLock { state in
            state.isClosed = true
            defer { state.reply = nil }
            return state.reply
        }?.set(nil)
        // Whoever still writes has the file open: it is closed after the last line.
        writer.async { [descriptor] in close(descriptor) }
    }
}

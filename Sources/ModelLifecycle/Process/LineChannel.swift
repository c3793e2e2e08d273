import Foundation
import Synchronization

/// This program's end of a socket pair that carries lines to and from a child.
package final class LineChannel: Sendable {
    /// The child's end; closed here once the child has it.
    private let childEnd: Mutex<Int32?>
    private let descriptor: Int32
    /// Whether this end is open. After that, its number may belong to another file.
    private let isOpen = Mutex(true)
    private let writer = DispatchQueue(label: "rsd-line-writer")
    private let take: @Sendable (String?) -> Void

    /// In bytes. A longer line ends the reading.
    static let longestLine = 16 << 20

    /// - Parameter take: called with each line in turn, on a thread of its own; with nil when the other end is closed.
    /// - Throws: `POSIXError`.
    package init(_ take: @escaping @Sendable (String?) -> Void) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        self.take = take
        descriptor = ends[0]
        childEnd = Mutex(ends[1])
        let thread = Thread { [self] in read() }
        thread.name = "rsd-line-reader"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// For the child's standard input and output.
    package var forChild: SpawnRequest.Talk { .socket(childEnd.withLock { $0 ?? -1 }) }

    /// Call when the child has been started, so that the closing of its end is noticed.
    package func childStarted() {
        childEnd.withLock { end in
            if let end { close(end) }
            end = nil
        }
    }

    /// - Parameter line: without a line break.
    package func send(_ line: String) {
        writer.async { [self] in write(Array((line + "\n").utf8)) }
    }

    /// Closes both ends.
    package func shutDown() {
        childStarted()
        isOpen.withLock { if $0 { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// Blocks while the child does not read, until it dies or ``shutDown()`` is called. A closed end raises no signal.
    private func write(_ bytes: [UInt8]) {
        // It is closed between two lines, never during one.
        guard isOpen.withLock({ $0 }) else { return }
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
        while pending.count <= Self.longestLine {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            var new = buffer[..<count]
            while let end = new.firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: pending + new[..<end], as: UTF8.self))
                pending = []
                new = new[(end + 1)...]
            }
            pending += new
        }
        shutdown(descriptor, Int32(SHUT_RDWR))
        take(nil)
        // A pending write still uses the file: close it after the last line.
        writer.async { [self] in
            isOpen.withLock { isOpen in
                close(descriptor)
                isOpen = false
            }
        }
    }
}

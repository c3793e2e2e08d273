import Foundation
import Testing

@testable import ModelLifecycle

@Suite("Lines from a child process", .timeLimit(.minutes(1)))
struct LineChannelTests {
    /// Has a child's end of a channel written to, and then closed, on a thread of its own.
    private func lines(_ write: @escaping @Sendable (Int32) -> Void) async throws -> [String?] {
        let (lines, taken) = AsyncStream.makeStream(of: String?.self)
        let channel = try LineChannel { line in
            taken.yield(line)
            if line == nil { taken.finish() }
        }
        guard case .socket(let end) = channel.forChild else { return [] }
        Thread.detachNewThread {
            write(end)
            channel.childStarted()
        }
        return await lines.reduce(into: []) { $0.append($1) }
    }

    private static func send(_ bytes: [UInt8], to end: Int32) -> Bool {
        Glibc.send(end, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    @Test("come whole and in order, however they are cut; what is left without an end is none")
    func whole() async throws {
        let text =
            Array("a\n\n\u{fc}ber\n".utf8) + Array(repeating: UInt8(ascii: "x"), count: 200_000) + Array("\nrest".utf8)
        let taken = try await lines { end in
            for byte in text.prefix(9) { _ = Self.send([byte], to: end) }
            _ = Self.send(Array(text.dropFirst(9)), to: end)
        }
        #expect(taken == ["a", "", "\u{fc}ber", String(repeating: "x", count: 200_000), nil])
    }

    @Test("one that does not end is the end of the channel")
    func endless() async throws {
        let taken = try await lines { end in
            _ = Self.send(Array("a\n".utf8), to: end)
            let part = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            // The other side hangs up at some time, or this would go on for ever.
            while Self.send(part, to: end) {}
        }
        #expect(taken == ["a", nil])
    }

    /// A number is given out again as soon as its file is closed.
    @Test("a channel whose child is gone leaves alone whatever has got the number of its file")
    func closed() async throws {
        var channels: [LineChannel] = []
        for _ in 0..<50 {
            let (gone, isGone) = AsyncStream.makeStream(of: Void.self)
            let channel = try LineChannel { if $0 == nil { isGone.finish() } }
            channel.childStarted()
            for await _ in gone {}
            channels.append(channel)
        }
        let pairs = (0..<100).map { _ in
            var ends: [Int32] = [-1, -1]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            return ends
        }
        defer { for end in pairs.joined() { close(end) } }
        for channel in channels {
            channel.send("another's")
            channel.shutDown()
        }
        for ends in pairs {
            #expect(Self.send([7], to: ends[0]))
            var byte: UInt8 = 0
            #expect(recv(ends[1], &byte, 1, Int32(MSG_DONTWAIT)) == 1)
            #expect(byte == 7)
        }
    }
}

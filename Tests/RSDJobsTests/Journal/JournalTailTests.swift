import Foundation
import TestSupport
import Testing

@testable import RunStore

@Suite("Following a journal") struct JournalTailTests {
    private static let records: [JournalRecord] = (1...40).flatMap { wave -> [JournalRecord] in
        [.load(EngineLoad("draft", seconds: 1)), .phase(wave: wave, engines: ["draft"], seconds: 2), .swap]
    }

    private let scratch: Scratch
    private let file: URL

    init() throws {
        scratch = try Scratch(inMemory: true)
        file = scratch.file("events.jsonl")
    }

    private static func lines(_ records: some Sequence<JournalRecord>) throws -> Data {
        try records.reduce(into: Data()) { $0.append(try JournalLine.encode($1)) }
    }

    private func append(_ data: Data) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: data)
        try handle.close()
    }

    /// All that can be read at once.
    private func read(_ tail: inout JournalTail) throws -> (isNew: Bool, records: [JournalRecord], first: Int) {
        var all: (isNew: Bool, records: [JournalRecord], first: Int) = (false, [], 0)
        var addition = try tail.read()
        (all.isNew, all.records, all.first) = (addition.isNew, addition.records, addition.earlier)
        while addition.hasMore {
            addition = try tail.read()
            #expect(!addition.isNew && addition.earlier == all.first + all.records.count)
            all.records += addition.records
        }
        return all
    }

    @Test(
        "what is appended is read once, in portions of any size, and a line that is longer in one piece",
        arguments: [1, 100, 1000, 1 << 20])
    func portions(portion: Int) throws {
        let bytes = try Self.lines(Self.records)
        try Data().write(to: file)
        var tail = JournalTail(file, portion: portion)
        var (records, begin) = ([JournalRecord](), 0)
        // Cut anywhere, also within lines.
        for end in stride(from: 7, to: bytes.count + 997, by: 997).map({ min($0, bytes.count) }) {
            try append(bytes[begin..<end])
            begin = end
            let addition = try read(&tail)
            #expect(!addition.isNew && addition.first == records.count)
            records += addition.records
        }
        #expect(records == Self.records && tail.length == bytes.count)
        #expect(try read(&tail).records.isEmpty)
    }

    @Test("a file that takes the place of another is read from its beginning")
    func replaced() throws {
        try Self.lines(Self.records).write(to: file)
        var tail = JournalTail(file)
        #expect(try read(&tail).records.count == Self.records.count)
        let other = scratch.file("other.jsonl")
        try Self.lines(Self.records.prefix(5)).write(to: other)
        #expect(rename(other.path, file.path) == 0)
        let again = try read(&tail)
        #expect(again.isNew && again.records == Array(Self.records.prefix(5)) && again.first == 0)
    }

    @Test("a file that was cut, or written anew in place, is read from its beginning")
    func rewritten() throws {
        try Self.lines(Self.records).write(to: file)
        var tail = JournalTail(file)
        _ = try read(&tail)
        #expect(truncate(file.path, 0) == 0)
        var again = try read(&tail)
        #expect(again.isNew && again.records.isEmpty)
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: Self.lines(Self.records))
        #expect(try read(&tail).records == Self.records)
        // Longer than before, and other lines.
        try handle.seek(toOffset: 0)
        let others = [JournalRecord.swap, .swap] + Self.records.reversed() + Self.records
        try handle.write(contentsOf: Self.lines(others))
        again = try read(&tail)
        #expect(again.isNew && again.records == others)
    }

    @Test("a journal that has gone is empty, and may come back")
    func deleted() throws {
        var tail = JournalTail(file)
        #expect(try read(&tail).records.isEmpty)
        try Self.lines(Self.records).write(to: file)
        #expect(try read(&tail).records == Self.records)
        #expect(unlink(file.path) == 0)
        let gone = try read(&tail)
        #expect(gone.isNew && gone.records.isEmpty)
        try Self.lines(Self.records.prefix(3)).write(to: file)
        #expect(try read(&tail).records.count == 3)
    }

    @Test(
        "a damaged end is waited for, and a damaged line before valid ones is an error with its place",
        arguments: [50, 1 << 20])
    func damaged(portion: Int) throws {
        var bytes = try Self.lines(Self.records.prefix(4))
        let good = bytes.count
        bytes.append(Data("{\"crc\":\"00000000\",broken}\n".utf8))
        try bytes.write(to: file)
        var tail = JournalTail(file, portion: portion)
        #expect(try read(&tail).records.count == 4 && tail.length == good)
        #expect(try read(&tail).records.isEmpty)
        try append(Self.lines(Self.records.prefix(1)))
        let fault = #expect(throws: JournalCorrupt.self) { try read(&tail) }
        #expect(fault?.line == 5)
    }

    @Test("a pipe in its place is refused, and nothing waits for it")
    func pipe() throws {
        #expect(mkfifo(file.path, 0o600) == 0)
        var tail = JournalTail(file)
        #expect(throws: DamagedRun.self) { try tail.read() }
    }
}

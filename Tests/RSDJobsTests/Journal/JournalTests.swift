@testable import Decoding
import Foundation
import ModelLifecycle
import TestSupport
@testable import RunStore
@testable import Support
import Testing

@Suite("The journal") struct JournalTests {
    private let scratch: Scratch
    private let file: URL

    init() throws {
        scratch = try Scratch()
        file = scratch.file("events.jsonl")
    }

    private func record(_ number: Int) -> JournalRecord {
        let id = TrajectoryID(method: "rsd", dataset: "d", problem: "p\(number)")
        return .event(
            id,
            .generated(
                Generated(
                    role: .draft,
                    steps: [StepText(text: "é \"\(number)\"\n\n", tokens: number), StepText(text: "", tokens: 1)],
                    end: .eos, promptTokens: 7)))
    }

    /// Appends some records, and returns the file's bytes.
    private func write(_ count: Int) async throws -> Data {
        let journal = try Journal(file: file, goodLength: 0)
        for number in 0..<count { try await journal.append(record(number)) }
        return try Data(contentsOf: file)
    }

    @Test("every kind of record is read back")
    func roundTrip() async throws {
        let id = TrajectoryID(method: "a/b", dataset: "\u{2028}", problem: "\0", sample: 3)
        let records: [JournalRecord] = [
            record(1),
            .event(id, .scored(Scored(rewards: [0.1 + 0.2, 1, 0], tokens: [1, 2, 3], promptTokens: 9))),
            .event(
                id,
                .scored(
                    Scored(rewards: [1, 0], tokens: [1, 2], promptTokens: 9, dropped: [0, 3], overlong: [2, 5]))),
            .event(id, .failed(reason: "the engine said \"no\"\n")),
            .event(id, .retried),
            .event(
                id, .scored(Scored(rewards: [1], tokens: [1], promptTokens: 2)),
                asked: TimeSpan(begin: 1_795_000_000.125, seconds: 0.25)),
            .load(EngineLoad("draft", seconds: 1.25)),
            .wake(engine: "target", seconds: 0.5),
            .load(EngineLoad("draft", seconds: 1.25, begin: 1_795_000_000.125)),
            .load(EngineLoad("draft", seconds: 0.75, begin: 1_795_000_000.125, kind: .warm)),
            .load(
                EngineLoad(
                    "draft", seconds: 0.75, kind: .standby, phases: StartPhases(imports: 0.25, graphs: 0.5))),
            .wake(engine: "target", seconds: 0.5, begin: 1_795_000_000.25),
            .swap,
            .phase(wave: 3, engines: ["draft", "prm"], seconds: 0.5),
            .phase(wave: 3, engines: ["prm"], seconds: 0.5, joules: PhaseEnergy(entering: 0.25, working: 1500.125)),
        ]
        let journal = try Journal(file: file, goodLength: 0)
        for record in records { try await journal.append(record) }
        let contents = try JournalReader.read(file)
        #expect(contents.records == records)
        #expect(contents.tornBytes == 0)
    }

    @Test("lines are plain JSON")
    func plainJSON() async throws {
        let line = try #require(String(decoding: try await write(1), as: UTF8.self).split(separator: "\n").first)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["kind"] as? String == "generated")
        #expect((object?["crc"] as? String)?.count == 8)
    }

    @Test("a start's line keeps the keys that earlier versions read, and tells the rest in new ones")
    func starts() async throws {
        func body(_ load: EngineLoad) throws -> String {
            let line = String(decoding: try JournalLine.encode(.load(load)), as: UTF8.self)
            return String(line.dropFirst(18).dropLast())
        }
        let phases = StartPhases(imports: 0.5, weights: 0.25)
        #expect(
            try body(EngineLoad("draft", seconds: 1.5, begin: 7, kind: .warm, phases: phases))
                == #""begin":7,"engine":"draft","kind":"load","phases":{"imports":0.5,"weights":0.25},"seconds":1.5,"start":"warm"}"#
        )
        func read(_ body: String) throws -> JournalRecord {
            try JSONDecoder().decode(JournalRecord.self, from: Data(body.utf8))
        }
        let old = try read(#"{"engine":"draft","kind":"load","seconds":1.5}"#)
        #expect(old == .load(EngineLoad("draft", seconds: 1.5, kind: .cold)))
        // A kind and a phase of a later version.
        let later = try read(
            #"{"engine":"draft","kind":"load","phases":{"thaw":1,"ready":0.5},"seconds":1.5,"start":"thawed"}"#)
        #expect(later == .load(EngineLoad("draft", seconds: 1.5, phases: StartPhases(ready: 0.5))))
    }

    @Test("a torn end is dropped, wherever it tore")
    func tornEnd() async throws {
        let whole = try await write(3)
        let two = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
        for length in two..<whole.count {
            try whole.prefix(length).write(to: file)
            let contents = try JournalReader.read(file)
            #expect(contents.records == [record(0), record(1)])
            #expect(contents.goodLength == two)
            #expect(contents.tornBytes == length - two)
        }
    }

    @Test("writing goes on after a torn end")
    func writesAfterTornEnd() async throws {
        let whole = try await write(3)
        try whole.dropLast(10).write(to: file)
        let contents = try JournalReader.read(file)
        let journal = try Journal(file: file, goodLength: contents.goodLength)
        try await journal.append(record(9))
        #expect(try JournalReader.read(file).records == [record(0), record(1), record(9)])
    }

    @Test("what was read before is not read again, and what has come since is added to it")
    func readingOn() async throws {
        let whole = try await write(40)
        let second = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
        // A torn line, as a crash leaves it, which the next writer cuts off.
        try whole.prefix(second + 9).write(to: file)
        let earlier = try JournalReader.read(file)
        #expect(earlier.records == [record(0)] && earlier.goodLength == second)
        // The part that was read is no journal any more: who reads it again fails.
        let rest = whole[second...]
        try (Data(repeating: UInt8(ascii: "\n"), count: second) + rest).write(to: file)
        let contents = try JournalReader.read(file, after: earlier)
        #expect(contents.records == (0..<40).map(record))
        #expect(contents.goodLength == whole.count && contents.tornBytes == 0 && contents.isThere)
        var damaged = whole
        damaged[second + 20] ^= 1
        try damaged.write(to: file)
        let fault = #expect(throws: JournalCorrupt.self) { try JournalReader.read(file, after: earlier) }
        #expect(fault?.line == 2)
    }

    @Test("a block of zeros at the end is a torn end")
    func zeros() async throws {
        let whole = try await write(2)
        try (whole + Data(repeating: 0, count: 4096) + Data("\n".utf8)).write(to: file)
        let contents = try JournalReader.read(file)
        #expect(contents.records.count == 2)
        #expect(contents.goodLength == whole.count)
    }

    @Test("any flipped bit in the middle is reported with its place")
    func flippedBit() async throws {
        let whole = try await write(3)
        let lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let second = lines[1].startIndex..<lines[1].endIndex
        for index in second {
            var damaged = whole
            damaged[index] ^= 0x01
            // A damaged byte that reads as a newline splits the line in two damaged ones.
            try damaged.write(to: file)
            let error = #expect(throws: JournalCorrupt.self) { try JournalReader.read(file) }
            #expect(error?.line == 2)
            #expect(error?.description.contains("events.jsonl:2:") == true)
        }
    }

    /// It is no torn end: it would be cut away.
    @Test("a line of a newer version is not touched")
    func newerVersion() async throws {
        _ = try await write(2)
        let known = String(decoding: try JournalLine.encode(.swap), as: UTF8.self)
        let body = #"kind":"dream"}"#
        let crc = String(Checksum.crc32(Data("\"\(body)".utf8)), radix: 16)
        let start = try #require(known.firstRange(of: /[0-9a-f]{8}/))
        var line = known[..<start.lowerBound] + String(repeating: "0", count: 8 - crc.count) + crc
        line += known[start.upperBound...].prefix { $0 != "k" } + body + "\n"
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(line.utf8))
        try handle.close()
        let error = #expect(throws: JournalCorrupt.self) { try JournalReader.read(file) }
        #expect(error?.line == 3)
        #expect(error?.description.contains("written by a newer version") == true)
    }

    @Test("many writers at once lose nothing")
    func manyWriters() async throws {
        let journal = try Journal(file: file, goodLength: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask { [record = record(number)] in try await journal.append(record) }
            }
            try await group.waitForAll()
        }
        let found = Set(try JournalReader.read(file).records.map { "\($0)" })
        #expect(found == Set((0..<2000).map { "\(record($0))" }))
    }

    @Test("a record is in the file when append returns")
    func append() async throws {
        let journal = try Journal(file: file, goodLength: 0)
        for number in 0..<20 {
            try await journal.append(record(number))
            #expect(try JournalReader.read(file).records.count == number + 1)
        }
    }

    @Test("a full disk is reported and stops the journal")
    func fullDisk() async throws {
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/full")
        let journal = try Journal(file: file, goodLength: 0)
        for _ in 0..<2 {
            let failure = await #expect(throws: JournalWriteFailure.self) { try await journal.append(record(1)) }
            #expect(failure?.errno == ENOSPC)
            #expect(failure?.explanation.exit == .disk)
        }
    }

    @Test("the CRC is the common one")
    func crc() {
        #expect(Checksum.crc32(Array("123456789".utf8)) == 0xcbf4_3926)
    }
}

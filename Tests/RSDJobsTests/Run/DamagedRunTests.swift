import Foundation
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

/// A file of a run directory that is gone, damaged or another run's is told of by its name, or made again; nothing is mixed, and
/// nothing that was generated is asked for once more.
@Suite("Damaged run directories") final class DamagedRunTests {
    enum Damage: CaseIterable {
        case missing, empty, truncated, flipped, zeros, folder, danglingLink, pipe, ofAnotherJob
    }

    static let files = [
        "manifest.json", "job.yaml", "journal/events.jsonl", "engines.jsonl", "lock", "results.jsonl", "summary.json",
        "summary.csv", "report.html", "problems.jsonl",
    ]

    /// Those that are made again whatever is in them need no more than a few kinds of damage.
    static let cases: [(String, Damage)] = files.flatMap { file in
        let isMadeAgain = ["summary.csv", "report.html", "problems.jsonl", "lock", "engines.jsonl"].contains(file)
        return (isMadeAgain ? [.missing, .empty, .folder, .pipe] : Damage.allCases).map { (file, $0) }
    }

    private let fixture: SpecFixture
    private let directory: RunDirectory
    private let other: RunDirectory

    init() throws {
        fixture = try SpecFixture()
        directory = RunDirectory(URL(filePath: fixture.path("run")))
        other = RunDirectory(URL(filePath: fixture.path("other")))
    }

    private func run(in directory: RunDirectory) async throws -> Int {
        let pool = FakePool()
        _ = try await JobRun(try fixture.load(), in: directory, on: pool).run()
        return pool.asked
    }

    /// Two finished runs, of jobs that differ in their threshold.
    private func runBoth() async throws {
        try fixture.writeJob(("0.7", "0.6"))
        #expect(try await run(in: other) > 0)
        try fixture.writeJob()
        #expect(try await run(in: directory) > 0)
    }

    private func lay(_ damage: Damage, at name: String, _ random: inout SeededRandom) throws {
        let file = directory.url.appending(path: name)
        var data = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        switch damage {
        case .missing: return
        case .empty: data = Data()
        case .truncated: data = data.prefix(data.isEmpty ? 0 : Int.random(in: 0..<data.count, using: &random))
        case .flipped:
            for _ in 0..<3 where !data.isEmpty {
                data[Int.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        case .zeros: data = Data(count: data.count)
        case .folder: return try Folder.make(file.path)
        case .danglingLink:
            #expect(symlink("/nowhere/at/all", file.path) == 0)
            return
        case .pipe:
            #expect(mkfifo(file.path, 0o600) == 0)
            return
        case .ofAnotherJob: data = try Data(contentsOf: other.url.appending(path: name))
        }
        try data.write(to: file)
    }

    /// What each command says of the directory as it is: nil where it did its work.
    private func faults() async -> [String: any Error] {
        var faults: [String: any Error] = [:]
        func attempt(_ command: String, _ body: () async throws -> Void) async {
            do { try await body() } catch { faults[command] = error }
        }
        await attempt("status") { _ = try StoredRun(directory) }
        await attempt("report") { _ = try RunReport(directory) }
        await attempt("run") {
            let asked = try await run(in: directory)
            #expect(asked == 0, "asked again for what was known")
        }
        await attempt("grade") {
            _ = try await Job.grade(directory, interruption: Interruption()) { _, _, _ in }
        }
        return faults
    }

    @Test("each file, damaged in each way, is named or does not matter", arguments: cases)
    func each(file: String, damage: Damage) async throws {
        if damage == .ofAnotherJob { try await runBoth() } else { _ = try await run(in: directory) }
        if file == "engines.jsonl" { try Data("{}\n".utf8).write(to: directory.engines) }
        let results = try Data(contentsOf: directory.results)
        var random = SeededRandom(seed: UInt64(file.utf8.count * 16 + file.utf8.reduce(0) { $0 &+ Int($1) }))
        try lay(damage, at: file, &random)
        // What a torn end of the journal cost is asked for again, and no word is lost over it.
        if file == "journal/events.jsonl", damage == .truncated || damage == .flipped { return }
        let faults = await faults()
        for (command, error) in faults {
            #expect(Self.isExpected(error), "\(command): \(error)")
            let name = error is SpecChanged ? directory.url.lastPathComponent : URL(filePath: file).lastPathComponent
            #expect("\(error)".contains(name), "\(command): \(error)")
        }
        if file.contains("journal") { return }
        if let fault = faults["run"] {
            // As the message says.
            #expect("\(fault)".lowercased().contains("move it away"), "\(fault)")
            try FileManager.default.removeItem(at: directory.url.appending(path: file))
            #expect(try await run(in: directory) == 0)
        }
        #expect(try Data(contentsOf: directory.results) == results)
    }

    private static func isExpected(_ error: any Error) -> Bool {
        error is DamagedRun || error is SpecChanged || error is JournalCorrupt || error is RunIncomplete
    }

    @Test("a file or a link in the place of a directory is named", arguments: ["", "journal", "logs"], [false, true])
    func noDirectory(name: String, isLink: Bool) async throws {
        let place = name.isEmpty ? directory.url : directory.url.appending(path: name)
        try Folder.make(place.deletingLastPathComponent().path)
        if isLink { #expect(symlink("/nowhere", place.path) == 0) } else { try Data("x".utf8).write(to: place) }
        let error = await #expect(throws: DamagedRun.self) { try await run(in: directory) }
        #expect(error?.file == place.path)
        try FileManager.default.removeItem(at: place)
        #expect(try await run(in: directory) > 0)
    }

    @Test("a bit of the manifest that is another is found, wherever it is")
    func flippedManifest() async throws {
        _ = try await run(in: directory)
        let whole = try Data(contentsOf: directory.manifest)
        let manifest = try #require(try Manifest.read(directory.manifest))
        var random = SeededRandom(seed: 12)
        for _ in 0..<200 {
            var data = whole
            data[Int.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try data.write(to: directory.manifest)
            do {
                // In the checksum's own key a bit harms nothing.
                #expect(try Manifest.read(directory.manifest) == manifest)
            } catch {
                #expect(error is DamagedRun, "\(error)")
            }
        }
    }

    @Test("a journal cut or hit anywhere: what is left is this run's, or an error that names it")
    func damagedJournal() async throws {
        _ = try await run(in: directory)
        let whole = try Data(contentsOf: directory.journal)
        let results = try Data(contentsOf: directory.results)
        let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
        var random = SeededRandom(seed: 13)
        for number in 0..<16 {
            var data = whole
            let place = Int.random(in: 0..<data.count, using: &random)
            if number % 2 == 0 { data = data.prefix(place) } else { data[place] ^= 4 }
            try data.write(to: directory.journal)
            do {
                _ = try await run(in: directory)
                #expect(place > first, "the run began at nothing")
                #expect(try Data(contentsOf: directory.results) == results)
            } catch {
                #expect(error is DamagedRun || error is JournalCorrupt, "\(error)")
                #expect("\(error)".contains(directory.journal.path), "\(error)")
            }
        }
    }

    @Test("without its manifest the journal says whose it is")
    func noManifest() async throws {
        try await runBoth()
        let results = try Data(contentsOf: directory.results)
        try FileManager.default.removeItem(at: directory.manifest)
        try fixture.writeJob(("0.7", "0.6"))
        let error = await #expect(throws: DamagedRun.self) { try await run(in: directory) }
        #expect(error?.file == directory.manifest.path)
        try fixture.writeJob()
        #expect(try await run(in: directory) == 0)
        #expect(try Data(contentsOf: directory.results) == results)
    }

    @Test("a journal of an earlier version needs its manifest, and is trusted beside it")
    func earlierVersion() async throws {
        _ = try await run(in: directory)
        let results = try Data(contentsOf: directory.results)
        let journal = try Data(contentsOf: directory.journal)
        let old = Data(journal.split(separator: UInt8(ascii: "\n"), maxSplits: 1)[1])
        var manifest = try #require(try Manifest.read(directory.manifest))
        manifest.namesJournal = nil
        try AtomicFile.write(json: manifest, to: directory.manifest)
        try old.write(to: directory.journal)
        #expect(try await run(in: directory) == 0)
        #expect(try Data(contentsOf: directory.results) == results)
        #expect(try Data(contentsOf: directory.journal) == old)
        try FileManager.default.removeItem(at: directory.manifest)
        let error = await #expect(throws: DamagedRun.self) { try await run(in: directory) }
        #expect(error?.fault.contains("does not record its job") == true)
        // Killed after the manifest, before the journal: only where no engine was ever started.
        try AtomicFile.write(json: manifest, to: directory.manifest)
        try FileManager.default.removeItem(at: directory.journal)
        try Data("{}\n".utf8).write(to: directory.engines)
        await #expect(throws: DamagedRun.self) { try await run(in: directory) }
        try FileManager.default.removeItem(at: directory.engines)
        #expect(try await run(in: directory) > 0)
        #expect(try Data(contentsOf: directory.results) == results)
    }

    @Test("a run that was killed at the beginning, after any file that it writes there, goes on", arguments: 0..<4)
    func hardlyBegun(stage: Int) async throws {
        _ = try await run(in: directory)
        let results = try Data(contentsOf: directory.results)
        let manager = FileManager.default
        let journal = try Data(contentsOf: directory.journal)
        let first = try #require(journal.firstIndex(of: UInt8(ascii: "\n")))
        let made = [directory.job, directory.journal, directory.manifest]
        for name in try manager.contentsOfDirectory(atPath: directory.url.path) {
            let file = directory.url.appending(path: name)
            if !made.contains(file), name != "journal" { try manager.removeItem(at: file) }
        }
        try journal.prefix(first + 1).write(to: directory.journal)
        if stage < 3 { try manager.removeItem(at: directory.manifest) }
        if stage == 2 { try journal.prefix(first / 2).write(to: directory.journal) }
        if stage < 2 { try manager.removeItem(at: directory.journal) }
        if stage < 1 { try manager.removeItem(at: directory.job) }
        #expect(try await run(in: directory) > 0)
        #expect(try Data(contentsOf: directory.results) == results)
    }

    @Test("the journal of another shard is refused")
    func anotherShard() async throws {
        let job = try fixture.load()
        var places: [RunDirectory] = []
        for shard in Shard.all(2) {
            let place = RunDirectory(directory.url.appending(path: shard.directoryName))
            _ = try await JobRun(job.part(shard), in: place, on: FakePool()).run()
            places.append(place)
        }
        let journal = try Data(contentsOf: places[0].journal)
        try journal.prefix(journal.firstIndex(of: UInt8(ascii: "\n"))! + 1).write(to: places[1].journal)
        let error = #expect(throws: DamagedRun.self) { try StoredRun(places[1]) }
        #expect(error?.file == places[1].journal.path)
    }

    @Test("a damaged spec of a shard stops the merge", arguments: [Damage.missing, .empty, .zeros, .folder, .pipe])
    func specOfShard(damage: Damage) async throws {
        let job = try fixture.load()
        let places = Shard.all(2).map { RunDirectory(directory.url.appending(path: $0.directoryName)) }
        for (shard, place) in zip(Shard.all(2), places) {
            _ = try await JobRun(job.part(shard), in: place, on: FakePool()).run()
        }
        var random = SeededRandom(seed: 14)
        try lay(damage, at: "\(places[0].url.lastPathComponent)/job.yaml", &random)
        let error = await #expect(throws: DamagedRun.self) {
            try await Job.merge(directory, partial: false, interruption: Interruption()) { _, _, _ in }
        }
        #expect(error?.file == places[0].job.path)
    }

    @Test("a submission that cannot be read is named")
    func submission() throws {
        try directory.create()
        try Data("{".utf8).write(to: directory.submission)
        let error = #expect(throws: DamagedRun.self) { try Submission.read(in: directory) }
        #expect(error?.file == directory.submission.path)
    }
}

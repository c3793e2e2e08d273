import Foundation
import Testing

@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

/// `results.jsonl` and the journal beside it tell of the same answers, or one of them is told of by its name.
@Suite("Damaged results") final class DamagedResultsTests {
    private let fixture: SpecFixture
    private let directory: RunDirectory

    init() throws {
        fixture = try SpecFixture()
        directory = RunDirectory(URL(filePath: fixture.path("run")))
        try fixture.writeJob()
    }

    private func run(in directory: RunDirectory) async throws -> Int {
        let pool = FakePool()
        _ = try await JobRun(try fixture.load(), in: directory, on: pool).run()
        return pool.asked
    }

    @Test(
        "results that the journal contradicts, or that cannot be read to their end, are reported by nobody",
        arguments: ["text", "reward", "step", "tail"])
    func contradictedResults(part: String) async throws {
        _ = try await run(in: directory)
        let whole = try Data(contentsOf: directory.results)
        var lines = Array(ResultLine.all(in: whole))
        let scored = try #require(lines.firstIndex { $0.steps.contains { $0.reward != nil } })
        let step = try #require(lines[scored].steps.firstIndex { $0.reward != nil })
        switch part {
        case "text": lines[scored].text += "!"
        case "reward": lines[scored].steps[step].reward? /= 2
        case "step": lines[scored].steps[step].text += "!"
        default: break
        }
        let tail = part == "tail" ? Data([0xFF, 0xFE, 10]) : Data()
        try (ResultLine.encode(lines) + tail).write(to: directory.results)
        let reported = #expect(throws: DamagedRun.self) { try RunReport(directory) }
        #expect(reported?.file == directory.results.path)
        let shown = #expect(throws: DamagedRun.self) { try show(lines[scored].id) }
        #expect(shown == reported)
        _ = try await Job.grade(directory, interruption: Interruption()) { _, _, _ in }
        #expect(try Data(contentsOf: directory.results) == whole)
        _ = try RunReport(directory)
    }

    private func show(_ name: String) throws {
        let run = try StoredRun(directory)
        _ = try run.result(of: try #require(run.trajectories.first { $0.id.description == name }?.id))
    }

    @Test("results are not made again from a journal that has lost some of them")
    func shorterJournal() async throws {
        _ = try await run(in: directory)
        let whole = try Data(contentsOf: directory.results)
        let journal = try Data(contentsOf: directory.journal)
        try journal.prefix(journal.count / 2).write(to: directory.journal)
        #expect(try StoredRun(directory).trajectories.finishedCount < ResultLine.all(in: whole).count { _ in true })
        let graded = await #expect(throws: DamagedRun.self) {
            try await Job.grade(directory, interruption: Interruption()) { _, _, _ in }
        }
        #expect(graded?.file == directory.journal.path)
        #expect(throws: DamagedRun.self) { try RunReport(directory) }
        #expect(try Data(contentsOf: directory.results) == whole)
        #expect(try await run(in: directory) > 0)
        #expect(try Data(contentsOf: directory.results) == whole)
        _ = try RunReport(directory)
    }
}

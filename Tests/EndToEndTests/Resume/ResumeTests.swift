import Foundation
import RunnerSupport
import TestSupport
import Testing

/// The same command goes on from whatever state the directory is in.
@Suite("Resuming a run", .inSlots) struct ResumeTests {
    @Test("a run resumes with other engine arguments and another concurrency")
    func changedEngine() async throws {
        var setup = JobSetup()
        let job = try TestJob(setup)
        var watch = try RepetitionWatch(job)
        try #require(await job.runAndKill(afterEvents: 5))
        try watch.mark()
        setup.arguments = ["threads: 1", "delay-ms: 1"]
        setup.engine = ["concurrency: 3", "stall_timeout: 30"]
        try job.write(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try watch.repetitions().isEmpty)
        #expect(try await job.results() == job.reference())
    }

    @Test("a run resumes wherever the machine's end has cut its journal")
    func tornTail() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let journal = try Data(contentsOf: job.directory.journal)
        var random = SeededRandom(seed: CrashTests.seed << 8 + 100)
        for number in 0..<6 {
            // The first line, which says whose the journal is, was on the disk before anything was built on it.
            let first = try #require(journal.firstIndex(of: UInt8(ascii: "\n"))) + 1
            let cut = Int.random(in: first..<journal.count, using: &random)
            // What a disk may hold after the last thing that was flushed: a part of it, nothing, or blocks of zeros.
            let rest = number % 2 == 0 ? Data() : Data(count: Int.random(in: 1...500, using: &random))
            try (journal[..<cut] + rest).write(to: job.directory.journal)
            if number % 3 != 0 { try FileManager.default.removeItem(at: job.directory.results) }
            var watch = try RepetitionWatch(job)
            let run = try await job.run()
            let story: Comment = "RSD_E2E_SEED=\(CrashTests.seed), cut at \(cut)"
            #expect(run.code == 0, "\(story): \(run.messages)")
            #expect(try watch.repetitions().isEmpty, story)
            #expect(try await job.results() == job.reference(), story)
        }
    }

    @Test(
        "a run resumes after a kill before anything was done",
        arguments: ["directory", "job.yaml", "torn journal", "journal", "manifest"])
    func hardlyBegun(stage: String) async throws {
        let job = try TestJob()
        try #require(await job.runAndKill(afterEvents: 1))
        let manager = FileManager.default
        let journal = try Data(contentsOf: job.directory.journal)
        let first = try #require(journal.firstIndex(of: UInt8(ascii: "\n"))) + 1
        try journal.prefix(stage == "torn journal" ? first / 2 : first).write(to: job.directory.journal)
        if stage != "manifest" { try manager.removeItem(at: job.directory.manifest) }
        if ["directory", "job.yaml"].contains(stage) { try manager.removeItem(at: job.directory.journal) }
        if stage == "directory" { try manager.removeItem(at: job.directory.job) }
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("the results of a finished run are made again from the journal, without an engine")
    func finished() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let (starts, journal) = (try job.engineStarts().count, try Data(contentsOf: job.directory.journal))
        let summary = try Data(contentsOf: job.directory.summary)
        try FileManager.default.removeItem(at: job.directory.results)
        for _ in 0..<2 {
            let run = try await job.run()
            #expect(run.code == 0, "\(run.messages)")
            #expect(try await job.results() == job.reference())
            #expect(try Data(contentsOf: job.directory.summary) == summary)
            #expect(try job.engineStarts().count == starts)
            #expect(try Data(contentsOf: job.directory.journal) == journal)
        }
    }

    @Test("the next start ends what the last one left, and nobody else's")
    func sweepsItsOwn() async throws {
        // This engine outlives its runner: SIGTERM, which the kernel sends it, does not move it.
        let other = try TestJob(JobSetup(faults: ["ignore-sigterm"], arguments: ["delay-ms: 100"], stopGrace: 0.2))
        let job = try TestJob(JobSetup(faults: ["ignore-sigterm"], arguments: ["delay-ms: 100"], stopGrace: 0.2))
        try #require(await other.runAndKill(afterEvents: 1))
        try #require(await job.runAndKill(afterEvents: 1))
        let left = try job.livingEngines()
        try #require(!left.isEmpty)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("stopped 1 engine left behind by an earlier process"), "\(run.messages)")
        #expect(left.allSatisfy(ProcessFacts.isDead))
        #expect(try await job.results() == job.reference())
        #expect(try !other.livingEngines().isEmpty)
        #expect(try await other.run().code == 0)
        #expect(try other.livingEngines().isEmpty)
    }
}

import Foundation
import RunStore
import RunnerSupport
import Testing

/// Shards of a job, put together, are the job.
@Suite("merge", .inSlots) struct MergeTests {
    private static let setup = JobSetup(problems: 0..<5)

    @Test("the results of merged shards are those of the undivided run, whatever happened to a shard")
    func sameResults() async throws {
        let job = try TestJob(Self.setup)
        #expect(try await job.run(shard: "3/3").code == 0)
        try #require(await job.runAndKill(shard: "1/3", afterEvents: 3))
        for shard in ["1/3", "2/3"] { #expect(try await job.run(shard: shard).code == 0) }
        let merge = try await job.merge()
        #expect(merge.code == 0, "\(merge.messages)")
        #expect(try await job.results() == job.reference())

        let undivided = try TestJob(Self.setup)
        #expect(try await undivided.run().code == 0)
        let (summary, expected) = (try job.summary(), try undivided.summary())
        #expect(summary.rows == expected.rows)
        #expect(summary.run.requests == expected.run.requests)
        #expect(try Data(contentsOf: job.directory.summaryTable) == Data(contentsOf: undivided.directory.summaryTable))
        let parts = try ["1/3", "2/3", "3/3"].map { shard in
            let records = try JournalReader.read(job.directory(ofShard: shard).journal).records
            return RunFigures(records: records, waves: 0)
        }
        #expect(summary.run.coldStarts == parts.reduce(0) { $0 + $1.coldStarts })
        let busy = parts.reduce(0) { $0 + ($1.seconds.busy["draft"] ?? 0) }
        #expect(abs((summary.run.seconds.busy["draft"] ?? 0) - busy) < 1e-6)
    }

    @Test("the directory of a merged run is one like any other")
    func aRunDirectory() async throws {
        let job = try TestJob(Self.setup)
        for shard in ["1/2", "2/2"] { #expect(try await job.run(shard: shard).code == 0) }
        #expect(try await job.merge(["--json"]).code == 0)
        let (path, results) = (job.directory.url.path, try job.results())
        let status = try await job.command(["status", path, "--json"])
        #expect(status.output.contains(#""finished" : 15"#), "\(status.output)\(status.messages)")
        let line = try #require(try job.resultLines().last)
        #expect(try await job.command(["show", path, line.id]).code == 0)
        #expect(try await job.command(["report", path, "--format", "md"]).code == 0)
        let grade = try await job.command(["grade", path])
        #expect(grade.messages.contains("no answer became right or wrong"), "\(grade.messages)")
        #expect(try job.results() == results)
        #expect(try await job.merge().code == 0)
        #expect(try job.results() == results)
        let run = try await job.run()
        #expect(run.code == 5)
        #expect(run.messages.contains("holds a run in 2 shards"), "\(run.messages)")
    }

    @Test("shards that are missing or not finished are named, with what to do; a partial report says so")
    func incomplete() async throws {
        let job = try TestJob(Self.setup)
        #expect(try await job.run(shard: "1/3").code == 0)
        try #require(await job.runAndKill(shard: "2/3", afterEvents: 2))
        let merge = try await job.merge()
        #expect(merge.code == 5)
        #expect(merge.messages.contains(/shard-2-of-3 is unfinished, and no process works on it: \d of 6 finished/))
        #expect(merge.messages.contains("shard-3-of-3 was never started"), "\(merge.messages)")
        #expect(merge.messages.contains("--run-dir \(job.directory.url.path) --shard 2/3"), "\(merge.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.manifest.path))
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))

        let partial = try await job.merge(["--partial"])
        #expect(partial.code == 0, "\(partial.messages)")
        #expect(partial.messages.contains("missing: shard-3-of-3 was never started"), "\(partial.messages)")
        let report = try await job.command(["report", job.directory.url.path, "--format", "md"])
        #expect(report.output.contains("shard-3-of-3 was never started."), "\(report.output)")
        let page = try String(contentsOf: job.directory.report, encoding: .utf8)
        #expect(page.contains("shard-3-of-3 was never started"))
        let there = try Set(job.resultLines().map(\.id))
        let whole = try await TestJob.lines(of: job.reference()).filter { there.contains($0.id) }
        #expect(try job.resultLines() == whole)
        #expect(there.count >= 6 && there.count < 15)

        for shard in ["2/3", "3/3"] { #expect(try await job.run(shard: shard).code == 0) }
        #expect(try await job.merge().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("where no shard can be read there is nothing to report, and nothing is written")
    func nothingToRead() async throws {
        let job = try TestJob(Self.setup)
        try #require(await job.runAndKill(shard: "1/2", afterEvents: 3))
        let journal = try job.directory(ofShard: "1/2").journal
        var bytes = try Data(contentsOf: journal)
        bytes[bytes.startIndex + 20] ^= 1
        try bytes.write(to: journal)
        let merge = try await job.merge(["--partial"])
        #expect(merge.code == 5, "\(merge.messages)")
        #expect(merge.messages.contains("shard-1-of-2 is unreadable"), "\(merge.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.job.path))
    }

    @Test("a shard that is being worked on is left alone")
    func running() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        #expect(try await job.run(shard: "1/2").code == 0)
        try job.write(JobSetup(problems: 0..<4, faults: ["hang-after=2"], engine: ["concurrency: 1"]))
        let runner = try job.start(["--shard", "2/2"])
        try #require(await runner.reached { job.eventCount(ofShard: "2/2") >= 2 }, "\(runner.standardError)")
        let merge = try await job.merge()
        #expect(merge.code == 5)
        #expect(
            merge.messages.contains("shard-2-of-2 is in use by process \(runner.pid)"), "\(merge.messages)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        try job.write(job.setup)
        #expect(try await job.run(shard: "2/2").code == 0)
        #expect(try await job.merge().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("shards of another job, and directories that were moved, do not belong")
    func foreign() async throws {
        var setup = JobSetup(problems: 0..<4, methods: "[{ rsd: { threshold: 0.7 } }]")
        let job = try TestJob(setup)
        for shard in ["1/3", "2/3"] { #expect(try await job.run(shard: shard).code == 0) }
        setup.methods = "[{ rsd: { threshold: 0.8 } }]"
        try job.write(setup)
        #expect(try await job.run(shard: "3/3").code == 0)
        for options in [[], ["--partial"]] {
            let merge = try await job.merge(options)
            #expect(merge.code == 5)
            #expect(
                merge.messages.contains(
                    "shard-3-of-3 belongs to another job than shard-1-of-3: methods.rsd.threshold: 0.7 → 0.8"),
                "\(merge.messages)")
        }
        let (first, third) = (try job.directory(ofShard: "1/3").url, try job.directory(ofShard: "3/3").url)
        try FileManager.default.removeItem(at: third)
        try FileManager.default.copyItem(at: first, to: third)
        let merge = try await job.merge()
        #expect(merge.code == 5)
        #expect(merge.messages.contains("shard-3-of-3 holds shard 1/3"), "\(merge.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))
    }

    @Test("ways of dividing a job do not mix")
    func mixed() async throws {
        let job = try TestJob(Self.setup)
        #expect(try await job.run(shard: "1/2").code == 0)
        let other = try await job.run(shard: "1/3")
        #expect(other.code == 5)
        #expect(other.messages.contains("holds a run in 2 shards (shard-1-of-2)"), "\(other.messages)")
        let shard = try job.directory(ofShard: "1/2")
        let inside = try await job.command(["run", job.file.path, "--run-dir", shard.url.path])
        #expect(inside.code == 5)
        #expect(inside.messages.contains("give --shard 1/2 with the directory above"), "\(inside.messages)")
        let status = try await job.command(["status", shard.url.path])
        #expect(status.code == 0, "\(status.messages)")

        let undivided = try TestJob(Self.setup)
        #expect(try await undivided.run().code == 0)
        let part = try await undivided.run(shard: "1/2")
        #expect(part.code == 5)
        #expect(part.messages.contains("an undivided run"), "\(part.messages)")
        #expect(try await undivided.merge().code == 2)
        #expect(try await undivided.run(shard: "1/6").code == 2)
    }
}

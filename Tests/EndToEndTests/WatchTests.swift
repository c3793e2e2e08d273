import Foundation
import Reporting
import RunStore
import RunnerSupport
import Testing

@Suite("Watching a run", .inSlots) struct WatchTests {
    private static let slow = JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"])

    private func watch(_ job: TestJob, _ options: [String] = []) throws -> RunnerProcess {
        try RunnerProcess(
            ["watch", job.directory.url.path, "--interval", "0.1"] + options, scratch: job.scratch,
            limit: JobSetup.limit)
    }

    @Test("it waits for the run to begin, follows it, and ends with it; nothing is written")
    func wholeRun() async throws {
        let job = try TestJob(Self.slow)
        #expect(try await job.command(["watch", job.directory.url.path]).code == 2)
        let watch = try watch(job, ["--wait", "--json"])
        try #require(await watch.says("waiting for a run"))
        let runner = try job.start()
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(await watch.exitCode() == 0, "\(watch.standardError)")
        let lines = try watch.standardOutput.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let finished = lines.compactMap { $0["finished"] as? Int }
        #expect(finished == finished.sorted() && finished.last == 9 && finished.first ?? 9 < 9, "\(finished)")
        #expect(lines.contains { $0["state"] as? String == "running" && $0["phase"] is String })
        #expect(lines.last?["state"] as? String == "done")
        // As the summary has it.
        let methods = try #require(lines.last?["methods"] as? [[String: Any]])
        for row in try job.summary().rows {
            let method = try #require(methods.first { $0["method"] as? String == row.method })
            #expect(method["correct"] as? Int == row.correct && method["graded"] as? Int == row.total)
            let acceptance = method["acceptance"] as? Double
            #expect(abs((acceptance ?? 0) - (row.acceptanceRate ?? 0)) < 1e-9)
        }
        let before = try job.snapshot()
        let plain = try await job.command(["watch", job.directory.url.path])
        #expect(plain.code == 0 && plain.output.contains("done, 9/9 finished (100%)"), "\(plain.output)")
        #expect(try job.snapshot() == before)
    }

    @Test("a run that is killed and resumed by another process is followed on")
    func resumed() async throws {
        let job = try TestJob(Self.slow)
        let first = try job.start()
        try #require(await first.reached { job.eventCount >= 3 })
        let watch = try watch(job)
        try #require(await watch.reached { watch.standardOutput.contains("running") })
        first.send(SIGKILL)
        _ = await first.exitCode()
        try #require(await watch.reached { watch.standardOutput.contains("stopped") }, "\(watch.standardError)")
        let second = try job.start()
        #expect(await second.exitCode() == 0, "\(second.standardError)")
        #expect(await watch.exitCode() == 0, "\(watch.standardError)")
        #expect(try await job.results() == job.reference())
    }

    @Test("a run that was interrupted is reported with code 75, and one that is deleted with code 5")
    func stoppedOrGone() async throws {
        let job = try TestJob(Self.slow)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 3 })
        let watch = try watch(job)
        try #require(await watch.reached { watch.standardOutput.contains("running") })
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75)
        let late = try await job.command(["watch", job.directory.url.path])
        #expect(late.code == 75 && late.messages.contains("interrupted or failed"), "\(late.messages)")
        try FileManager.default.removeItem(at: job.directory.url)
        #expect(await watch.exitCode() == 5, "\(watch.standardError)")
        #expect(watch.standardError.contains("[run-gone]"))
    }

    @Test("all shards are in one view")
    func shards() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4, methods: "[target_only]"))
        #expect(try await job.run(["--shard", "1/2"]).code == 0)
        let half = try await job.command(["watch", job.directory.url.path, "--json"])
        #expect(half.code == 75, "\(half.messages)")
        let run = try #require(try JSONSerialization.jsonObject(with: Data(half.output.utf8)) as? [String: Any])
        #expect(run["finished"] as? Int == 2 && (run["shards"] as? [Any])?.count == 2, "\(half.output)")
        #expect(try await job.run(["--shard", "2/2"]).code == 0)
        let both = try await job.command(["watch", job.directory.url.path])
        #expect(both.code == 0 && both.output.contains("4/4") && both.messages.contains("merge"), "\(both.messages)")
        #expect(try await job.command(["merge", job.directory.url.path]).code == 0)
        let merged = try await job.command(["watch", job.directory.url.path])
        #expect(merged.code == 0 && merged.output.contains("4/4") && merged.messages.isEmpty, "\(merged.messages)")
    }

    @Test("answers are not graded before the end where that takes a process")
    func notGraded() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        #expect(try await job.run().code == 0)
        var follower = RunFollower(job.directory)
        #expect(try follower.look().grader == "exact/4")
        let spec = try String(contentsOf: job.directory.job, encoding: .utf8)
        try spec.replacing("with: exact", with: "with: math-verify").write(
            to: job.directory.job, atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(at: job.directory.summary)
        let run = try follower.look()
        #expect(run.grader == nil && run.methods.map(\.graded) == [0] && run.finished == 1)
    }

    @Test("a look at what was added sees the same as one at everything, wherever the journal ends")
    func increments() async throws {
        let job = try TestJob(JobSetup(methods: "[{ best_of_n: { n: 2 } }, { rsd: { weighting: constant, p: 0.5 } }]"))
        #expect(try await job.run().code == 0)
        let copy = RunDirectory(job.scratch.appending(path: "copy"))
        try copy.create()
        for (from, to) in [(job.directory.job, copy.job), (job.directory.manifest, copy.manifest)] {
            try FileManager.default.copyItem(at: from, to: to)
        }
        let journal = try Data(contentsOf: job.directory.journal)
        try Data().write(to: copy.journal)
        let handle = try FileHandle(forWritingTo: copy.journal)
        var follower = RunFollower(copy)
        for begin in stride(from: 0, to: journal.count, by: 1500) {
            try handle.write(contentsOf: journal[begin..<min(begin + 1500, journal.count)])
            var fresh = RunFollower(copy)
            #expect(try follower.look() == fresh.look())
        }
        // The engines' figures are those of the report.
        let (run, figures) = (try follower.look(), try StoredRun(job.directory).figures)
        for engine in run.engines { #expect(abs(engine.seconds - (figures.seconds.busy[engine.engine] ?? 0)) < 1e-6) }
        #expect(run.engines.reduce(0) { $0 + $1.requests } == figures.requests.asked && run.swaps == figures.swaps)
        #expect(run.wave == figures.waves && run.finished == run.total)
    }
}

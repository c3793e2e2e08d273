import Foundation
import RunnerSupport
import Support
import Testing

@Suite("A few problems first", .inSlots) struct LimitTests {
    @Test("a run with --limit is that of a job whose data sets have the limit, and grows without it")
    func limit() async throws {
        let job = try TestJob()
        let few = try await job.run(["--limit", "2"])
        #expect(few.code == 0, "\(few.messages)")
        #expect(try await job.results() == TestJob(JobSetup(problems: 0..<2)).reference())
        #expect(try String(contentsOf: job.directory.job, encoding: .utf8).contains("limit: 2"))
        let all = try await job.run()
        #expect(all.code == 0 && all.messages.contains("datasets.heldout.count: 2 → 3"), "\(all.messages)")
        #expect(try await job.results() == job.reference())
    }

    @Test("plan and validate take it too")
    func otherCommands() async throws {
        let job = try TestJob()
        let plan = try await job.command(["plan", job.file.path, "--limit", "1"])
        #expect(plan.code == 0 && plan.output.contains("3 trajectories"), "\(plan.output)")
        #expect(try await job.command(["validate", job.file.path, "--limit", "0"]).code == 64)
    }
}

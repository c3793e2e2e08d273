import Foundation
import RunnerSupport
import Testing

/// `--set` in place of an editor.
@Suite("Settings on the command line", .inSlots) struct SettingTests {
    private static let set = ["--set", "decoding.max_tokens=30", "--set", "methods.2.rsd.p=0.8"]
    private static let edited = JobSetup(
        methods: "[draft_only, target_only, { rsd: { weighting: constant, p: 0.8 } }]", maxTokens: 30)

    @Test("a run with settings is that of the edited job, and resumes with the same settings only")
    func run() async throws {
        let job = try TestJob()
        let first = try job.start(Self.set)
        try #require(await first.reached { job.eventCount >= 5 }, "\(first.standardError)")
        first.send(SIGKILL)
        #expect(await first.exitCode() == 137)
        var watch = try RepetitionWatch(job)
        try watch.mark()
        let refused = try await job.run()
        #expect(refused.code == 5, "\(refused.messages)")
        for part in ["decoding.max_tokens: 30 → 60", "methods.rsd.p: 0.8 → 0.5", "--set"] {
            #expect(refused.messages.contains(part), "\(refused.messages)")
        }
        let resumed = try await job.run(Self.set)
        #expect(resumed.code == 0, "\(resumed.messages)")
        #expect(try watch.repetitions().isEmpty)
        #expect(try await job.results() == TestJob(Self.edited).reference())
        let spec = try Data(contentsOf: job.directory.job)
        try job.write(Self.edited)
        // The edited job goes on with the run as if it were its own.
        #expect(try await job.run().code == 0)
        #expect(try Data(contentsOf: job.directory.job) == spec)
    }
}

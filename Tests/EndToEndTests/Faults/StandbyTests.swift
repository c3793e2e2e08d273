import Foundation
import RunnerSupport
import Testing

/// Engines that are started ahead of time: the same results, and nothing of them outlives the run.
@Suite("An engine on standby", .inSlots) struct StandbyTests {
    /// Each request slow enough that an engine is at work while the next one waits.
    private static let setup = JobSetup(arguments: ["delay-ms: 100"], engine: ["warm: false"])

    private func untilOneWaits(_ runner: RunnerProcess, _ job: TestJob) async throws -> LedgerStart {
        try #require(await runner.reached { try waiting(job) != nil }, "\(runner.standardError)")
        return try #require(try waiting(job))
    }

    /// The engine that waits beside one that works.
    private func waiting(_ job: TestJob) throws -> LedgerStart? {
        let present = try job.engineStarts().filter { !$0.isStopped && $0.pid != nil }
        return present.count == 2 && job.eventCount > 0 ? present[1] : nil
    }

    private func expectNothingLeft(of job: TestJob) throws {
        #expect(try job.livingEngines().isEmpty)
        #expect(try job.engineStarts().allSatisfy(\.isStopped))
    }

    @Test("all engines but the first wait for their turn")
    func swaps() async throws {
        let job = try TestJob(JobSetup(engine: ["warm: false"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let logs = try FileManager.default.contentsOfDirectory(at: job.directory.logs, includingPropertiesForKeys: nil)
        let held = try logs.filter { try String(contentsOf: $0, encoding: .utf8).contains("waiting at ") }
        // One that was expected in vain may have ended before it came to its gate, or after.
        let loads = try job.records().count { if case .load = $0 { true } else { false } }
        #expect(loads > 3 && held.count >= loads - 1)
        try expectNothingLeft(of: job)
    }

    @Test(
        "a run survives kill -9 of the runner, and of the runner and the engine that waits", arguments: [false, true])
    func runnerKilled(withEngine: Bool) async throws {
        let job = try TestJob(Self.setup)
        let runner = try job.start()
        let engine = try await untilOneWaits(runner, job)
        runner.send(SIGKILL)
        if withEngine, let pid = engine.pid { kill(pid, SIGKILL) }
        #expect(await runner.exitCode() == 137)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
        try expectNothingLeft(of: job)
    }

    @Test("kill -9 of the engine that waits: another takes its place")
    func engineKilled() async throws {
        let job = try TestJob(Self.setup)
        let runner = try job.start()
        kill(try #require(try await untilOneWaits(runner, job).pid), SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(try await job.results() == job.reference())
        try expectNothingLeft(of: job)
    }

    @Test("SIGTERM while an engine waits ends with code 75 and leaves nothing")
    func interrupted() async throws {
        let job = try TestJob(Self.setup)
        let runner = try job.start()
        _ = try await untilOneWaits(runner, job)
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        try expectNothingLeft(of: job)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }
}

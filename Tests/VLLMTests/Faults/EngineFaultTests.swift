import Foundation
import RunnerSupport
import Testing

/// Promise 3 on real vLLM: an engine that dies or hangs at work costs a restart and changes no byte of the results.
@Suite(.onRealVLLM) struct EngineFaultTests {
    @Test("the engine core is killed: vLLM's server answers 500, ends, and exits with 0")
    func coreKilled() async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner)
        kill(processes.core, SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("the draft engine died"), "\(runner.standardError)")
        try await expectRestartAlone(job, processes)
    }

    @Test("the server is killed: the engine core that it leaves behind is ended")
    func serverKilled() async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner)
        kill(processes.server, SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("the draft engine died (signal 9 (SIGKILL))"), "\(runner.standardError)")
        try await expectRestartAlone(job, processes)
    }

    @Test("the engine core stops and its server stays well: restarted after the stall limit")
    func coreStopped() async throws {
        let job = try VLLMJob(VLLMSetup(engine: ["concurrency: 1", "stall_timeout: 10"]))
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner)
        kill(processes.core, SIGSTOP)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        let words = "the draft engine made no progress for 10 seconds; starting it again"
        #expect(runner.standardError.contains(words), "\(runner.standardError)")
        try await expectRestartAlone(job, processes)
    }

    @Test("the engine core is killed while it starts: its server ends with 1, and the engine gets one more start")
    func coreKilledWhileStarting() async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let isStarting = await runner.reached { VLLMProcesses(job) != nil }
        try #require(isStarting, "\(runner.standardError)")
        let processes = try #require(VLLMProcesses(job))
        kill(processes.core, SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        let words = "its engine core ended without a word"
        #expect(runner.standardError.contains(words), "\(runner.standardError)")
        #expect(runner.standardError.contains("starting it once more"), "\(runner.standardError)")
        try await expectRestartAlone(job, processes)
    }

    private func expectRestartAlone(_ job: VLLMJob, _ processes: VLLMProcesses) async throws {
        #expect(processes.areGone)
        #expect(try job.engineStarts().count == 2)
        #expect(try !job.records().contains(where: \.isFailure))
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
    }
}

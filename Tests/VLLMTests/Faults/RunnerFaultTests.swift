import Foundation
import RunnerSupport
import Testing

/// Promises 1, 2 and 4 on real vLLM: whatever ends the runner, the same command goes on, and no engine outlives its run.
@Suite(.onRealVLLM) struct RunnerFaultTests {
    @Test("kill -9 of the runner")
    func killed() async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner)
        runner.send(SIGKILL)
        #expect(await runner.exitCode() == 137)
        try await goesOn(job, after: processes)
    }

    @Test("kill -9 of the runner and of vLLM's server: the engine core is ended by the next runner")
    func killedWithServer() async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner)
        // The server first: the runner's death has it told to end, and its core with it.
        kill(processes.server, SIGKILL)
        runner.send(SIGKILL)
        #expect(await runner.exitCode() == 137)
        try #require(!ProcessFacts.isDead(processes.core), "this is not the fault that the test is about")
        let messages = try await goesOn(job, after: processes)
        #expect(messages.contains("ended 1 engine that an earlier process had left behind"), "\(messages)")
    }

    @Test("SIGTERM while an engine starts, when vLLM listens to it and when it does not", arguments: [false, true])
    func endedWhileStarting(hasCore: Bool) async throws {
        let job = try VLLMJob()
        let runner = try job.start()
        let isStarting = await runner.reached {
            hasCore ? VLLMProcesses(job) != nil : job.presentEngine()?.pid != nil
        }
        try #require(isStarting, "\(runner.standardError)")
        let processes = try job.livingEngines()
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(runner.standardError.contains("run the same command again"), "\(runner.standardError)")
        #expect(processes.allSatisfy(ProcessFacts.isDead))
        #expect(job.eventCount == 0)
        try job.expectNoEngine()
    }

    /// The same command ends with the results of an untouched run, and keeps what was done.
    @discardableResult
    private func goesOn(_ job: VLLMJob, after processes: VLLMProcesses) async throws -> String {
        let done = try job.records().filter(\.isEvent)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("going on where the run stood"), "\(run.messages)")
        #expect(processes.areGone)
        let events = try job.records().filter(\.isEvent)
        #expect(!done.isEmpty && events.starts(with: done))
        // A generation for each, as one model works here: nothing was asked for again.
        #expect(try events.count == job.resultLines().count)
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
        return run.messages
    }
}

import Foundation
import RunnerSupport
import Testing

/// Promises 1, 2 and 4 on real vLLM: whatever ends the runner, the same command goes on, and no engine outlives its run.
@Suite(.onRealVLLM) struct RunnerFaultTests {
    @Test("SIGTERM while vLLM starts, and kill -9 at work of the runner and of its engine's server: the run goes on")
    func goesOn() async throws {
        let job = try VLLMJob()
        for moment in StartMoment.allCases { try await terminate(job, at: moment) }

        let left = try await killAtWork(job, after: nil)
        let done = try job.records().filter(\.isEvent)

        // The server first: the runner's death has it told to end, and its core with it.
        let orphaned = try await killAtWork(job, after: left) { kill($0.server, SIGKILL) }
        try #require(!ProcessFacts.isDead(orphaned.core), "this is not the fault that the test is about")
        #expect(left.areGone)
        let more = try job.records().filter(\.isEvent)
        #expect(!done.isEmpty && more.count > done.count && more.starts(with: done))

        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("resuming"), "\(run.messages)")
        #expect(
            run.messages.contains("stopped 1 engine left behind by an earlier process"), "\(run.messages)")
        #expect(orphaned.areGone)
        let events = try job.records().filter(\.isEvent)
        #expect(events.starts(with: more))
        // A generation for each, as one model works here: nothing was asked for again.
        #expect(try events.count == job.resultLines().count)
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
    }

    private enum StartMoment: CaseIterable {
        /// vLLM is being imported.
        case imports
        /// vLLM does not listen to SIGTERM.
        case server
        /// It does.
        case core

        func isThere(_ job: VLLMJob) -> Bool {
            switch self {
            case .imports: job.presentForkServer() != nil
            case .server: job.presentEngine() != nil
            case .core: VLLMProcesses(job) != nil
            }
        }
    }

    private func terminate(_ job: VLLMJob, at moment: StartMoment) async throws {
        let runner = try job.start()
        let isThere = await runner.reached { moment.isThere(job) }
        let seen = try "\(job.starts()) \(job.livingEngines().map { ($0, ProcessFacts.commandLine(of: $0)) })"
        try #require(isThere, "\(moment) was never seen: \(seen)\n\(runner.standardError)")
        let processes = try job.livingEngines()
        #expect(!processes.isEmpty)
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(moment): \(runner.standardError)")
        #expect(runner.standardError.contains("run the same command again"), "\(moment): \(runner.standardError)")
        #expect(processes.allSatisfy(ProcessFacts.isDead))
        #expect(job.eventCount == 0)
        try job.expectNoEngine()
    }

    private func killAtWork(
        _ job: VLLMJob, after earlier: VLLMProcesses?, _ strike: (VLLMProcesses) -> Void = { _ in }
    ) async throws -> VLLMProcesses {
        let runner = try job.start()
        let processes = try await job.untilAtWork(runner, after: earlier)
        strike(processes)
        runner.send(SIGKILL)
        #expect(await runner.exitCode() == 137)
        return processes
    }
}

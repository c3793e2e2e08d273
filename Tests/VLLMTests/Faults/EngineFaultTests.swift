import Foundation
import RunnerSupport
import Testing

/// Promise 3 on real vLLM: an engine that dies or hangs costs a restart and changes no byte of the results.
@Suite(.onRealVLLM) struct EngineFaultTests {
    @Test("an engine that dies while it starts, whose core dies, whose server dies, and that hangs: a restart for each")
    func restarts() async throws {
        let job = try VLLMJob(VLLMSetup(engine: ["concurrency: 1", "stall_timeout: 10"]))
        let runner = try job.start()

        // Its server ends with 1.
        let starting = try await job.untilStarting(runner)
        kill(starting.core, SIGKILL)

        // The server answers 500, ends, and exits with 0.
        let headless = try await job.untilAtWork(runner, after: starting)
        try expect(["its engine core ended without an error message", "restarting it"], once: runner)
        kill(headless.core, SIGKILL)

        // The core is left behind.
        let orphaned = try await job.untilAtWork(runner, after: headless)
        try expect(["the draft engine died"], once: runner)
        kill(orphaned.server, SIGKILL)

        // The server stays well.
        let hanging = try await job.untilAtWork(runner, after: orphaned)
        try expect(["the draft engine died (signal 9 (SIGKILL))"], once: runner)
        kill(hanging.core, SIGSTOP)

        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        try expect(["the draft engine made no progress for 10 seconds; restarting it"], once: runner)
        for processes in [starting, headless, orphaned, hanging] { #expect(processes.areGone) }
        #expect(try job.engineStarts().count == 5)
        #expect(try !job.records().contains(where: \.isFailure))
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
    }

    private func expect(_ words: [String], once runner: RunnerProcess) throws {
        let messages = runner.standardError
        for words in words {
            #expect(messages.components(separatedBy: words).count == 2, "'\(words)' once in \(messages)")
        }
    }
}

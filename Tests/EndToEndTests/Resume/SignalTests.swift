import Foundation
import RunnerSupport
import Testing

/// Promise 4: a signal stops a run so that the same command goes on.
@Suite("Signals during a run", .inSlots) struct SignalTests {
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2]

    @Test(
        "after a signal in the middle of a phase, responses in flight are taken and engines stopped", arguments: signals
    )
    func midPhase(signal: Int32) async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        var watch = try RepetitionWatch(job)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 5 }, "\(runner.standardError)")
        runner.send(signal)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(runner.standardError.contains("run the same command again"), "\(runner.standardError)")
        #expect(try job.livingEngines().isEmpty)
        #expect(try job.engineStarts().allSatisfy(\.isStopped))
        try watch.mark()
        #expect(try RequestLog(job).requests.count == job.figures().requests.asked, "an answer in flight was dropped")
        try await goesOn(job)
        #expect(try watch.repetitions().isEmpty)
    }

    @Test("a signal while an engine starts ends the run with code 75", arguments: signals)
    func duringStart(signal: Int32) async throws {
        let job = try TestJob(JobSetup(faults: ["slow-start=600"]))
        let runner = try job.start()
        try #require(await runner.reached { job.presentEngine() != nil }, "\(runner.standardError)")
        runner.send(signal)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(try job.livingEngines().isEmpty)
        try job.write(job.setup.untouched)
        try await goesOn(job)
    }

    @Test("after a second signal, responses in flight are not waited for")
    func twoInterrupts() async throws {
        let job = try TestJob(JobSetup(faults: ["hang-after=2"], engine: ["concurrency: 1"]))
        let runner = try job.start()
        // The third is in flight, and its answer will not come.
        try #require(await runner.reached { (try? RequestLog(job).requests.count) == 3 }, "\(runner.standardError)")
        runner.send(SIGINT)
        try #require(await runner.says("send a second signal to stop now"), "\(runner.standardError)")
        runner.send(SIGINT)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(runner.standardError.contains("stopping now"), "\(runner.standardError)")
        #expect(try job.livingEngines().isEmpty)
        try job.write(job.setup.untouched)
        try await goesOn(job)
    }

    @Test(
        "the wait for a hanging engine's responses is bounded",
        arguments: ["hang-after=0", "at=/detokenize:hang"])
    func interruptedWhileHanging(fault: String) async throws {
        let job = try TestJob(JobSetup(faults: [fault]))
        let runner = try job.start()
        let log = job.directory.logs.appending(path: "draft-1.log")
        try #require(
            await runner.reached {
                (try? RequestLog(job).requests.isEmpty) == false
                    || (try? String(contentsOf: log, encoding: .utf8))?.contains("fault at") == true
            })
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(try job.livingEngines().isEmpty)
    }

    private func goesOn(_ job: TestJob) async throws {
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }
}

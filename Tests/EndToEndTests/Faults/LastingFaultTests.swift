import Foundation
import RunnerSupport
import Testing

/// Promise 3: what keeps failing where others succeed is given up alone; what fails for all stops the run, resumable.
@Suite("Faults that last", .inSlots) struct LastingFaultTests {
    struct Poison: Sendable, CustomTestStringConvertible {
        var kind: String
        var reason: String
        var testDescription: String { kind }
    }

    static let poisons = [
        Poison(kind: "die", reason: "the draft engine died (signal 9 (SIGKILL)) each time that it was asked"),
        Poison(kind: "hang", reason: "made no progress for 2 seconds each time that it was asked about this"),
        Poison(kind: "500", reason: "/v1/completions returned status 500: Internal server error"),
        Poison(kind: "cut-body", reason: "the engine's answer broke off"),
        Poison(kind: "garbage", reason: "/v1/completions returned an invalid response"),
        Poison(kind: "nan-scores", reason: "/pooling returned an invalid response"),
        Poison(kind: "wrong-scores", reason: "the PRM gave"),
    ]

    @Test("a problem that is poison to the engines fails alone", arguments: poisons)
    func poisonedAlone(_ poison: Poison) async throws {
        let setup = JobSetup(
            methods: "[{ rsd: { weighting: constant, p: 0.5 } }]",
            faults: ["poison=Mia takes 74:\(poison.kind)"], engine: ["stall_timeout: 2"])
        let job = try TestJob(setup)
        let run = try await job.run()
        #expect(run.code == 3, "\(run.messages)")
        let untouched = try await TestJob.lines(of: job.reference())
        let lines = try job.resultLines()
        #expect(lines.dropFirst() == untouched.dropFirst())
        let failed = try #require(lines.first)
        #expect(failed.finish == .failed && !failed.correct)
        #expect(failed.failure?.contains(poison.reason) == true, "\(failed.failure ?? "no reason")")
        #expect(try job.livingEngines().isEmpty)

        // It is not tried again silently, also where the fault has gone.
        try job.write(setup.untouched)
        let starts = try job.engineStarts().count
        #expect(try await job.run().code == 3)
        #expect(try job.resultLines() == lines)
        #expect(try job.engineStarts().count == starts)
        let retried = try await job.run(["--retry-failed"])
        #expect(retried.code == 0, "\(retried.messages)")
        #expect(try await job.results() == job.reference())
    }

    @Test("engines that are of no use to anyone stop the run", arguments: ["error-500-after=0", "die-after=0"])
    func useless(fault: String) async throws {
        let job = try TestJob(JobSetup(faults: [fault]))
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("giving up on the draft engine"), "\(run.messages)")
        #expect(try !job.records().contains { $0.isEvent })
        #expect(try job.livingEngines().isEmpty)
        try await goesOn(job)
    }

    @Test("a PRM that is of no use stops the run after the drafting, which is kept")
    func uselessPRM() async throws {
        let job = try TestJob(JobSetup(faults: ["wrong-scores-after=0"]))
        var watch = try RepetitionWatch(job)
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("giving up on the prm engine"), "\(run.messages)")
        #expect(try job.eventCount > 0 && !job.records().contains(where: \.isFailure))
        try watch.mark()
        try await goesOn(job)
        #expect(try watch.repetitions().isEmpty)
    }

    @Test("an engine that dies while it starts: its last words are shown")
    func diesOnStart() async throws {
        let job = try TestJob(JobSetup(faults: ["die-on-start"]))
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("Engine core initialization failed"), "\(run.messages)")
        #expect(run.messages.contains("\(job.directory.logs.path)/draft-"), "\(run.messages)")
        #expect(try job.livingEngines().isEmpty)
        try await goesOn(job)
    }

    @Test("an engine that says nothing while it starts is given up")
    func silentOnStart() async throws {
        let job = try TestJob(JobSetup(faults: ["slow-start=600"], engine: ["start_timeout: 1"]))
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("its log had no new line"), "\(run.messages)")
        #expect(try job.livingEngines().isEmpty)
        try await goesOn(job)
    }

    /// With the fault gone the same directory ends with the results of an untouched run.
    private func goesOn(_ job: TestJob) async throws {
        try job.write(job.setup.untouched)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }
}

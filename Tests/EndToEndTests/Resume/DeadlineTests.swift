import Foundation
import RunnerSupport
import Testing

/// A run that has to be over at some time ends before, and goes on when it is run again.
@Suite("A run with a deadline", .inSlots) struct DeadlineTests {
    @Test("nothing begins where there is no time for it", arguments: [true, false])
    func tooLate(isSlurm: Bool) async throws {
        let job = try TestJob()
        let soon = Int(Date().timeIntervalSince1970) + 5
        let run =
            try await
            (isSlurm ? job.run(environment: ["SLURM_JOB_END_TIME": "\(soon)"]) : job.run(["--deadline", "5s"]))
        #expect(run.code == 75, "\(run.messages)")
        let source = isSlurm ? "the end of the Slurm job" : "--deadline"
        #expect(run.messages.contains("interrupted: \(source) is "), "\(run.messages)")
        #expect(try job.engineStarts().isEmpty)
        #expect(try await job.run(["--deadline", "1d"]).code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a phase under way is stopped in time")
    func stopped() async throws {
        // 5 seconds for answers in flight and 0.2 for the stop are kept; the target of this job would take minutes.
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 2000"], stopGrace: 0.2, engine: ["concurrency: 1"]))
        let run = try await job.run(["--deadline", "10s"])
        #expect(run.code == 75, "\(run.messages)")
        #expect(try job.engineStarts().allSatisfy(\.isStopped))
        #expect(try job.livingEngines().isEmpty)
        try job.write(job.setup.untouched)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }
}

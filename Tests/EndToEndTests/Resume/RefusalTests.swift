import Foundation
import RunnerSupport
import TestSupport
import Testing

/// What a run directory is not taken on for, and that it stays as it is then.
@Suite("Run directories that are refused", .inSlots) struct RefusalTests {
    @Test("a second runner is refused while the first lives")
    func secondRunner() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        let first = try job.start()
        try #require(await first.reached { job.eventCount >= 2 }, "\(first.standardError)")
        let second = try await job.run()
        #expect(second.code == 5, "\(second.messages)")
        #expect(second.messages.contains("process \(first.pid) on "), "\(second.messages)")
        #expect(await first.exitCode() == 0, "\(first.standardError)")
        #expect(try await job.results() == job.reference())
    }

    @Test("a second runner that is told to wait goes on when the first has ended")
    func patientRunner() async throws {
        let job = try TestJob(JobSetup(faults: ["hang-after=2"], engine: ["concurrency: 1"]))
        let first = try job.start()
        try #require(await first.reached { job.eventCount >= 2 }, "\(first.standardError)")
        try job.write(job.setup.untouched)
        let second = try job.start(["--wait"])
        try #require(await second.says("process \(first.pid) on "), "\(second.standardError)")
        first.send(SIGTERM)
        #expect(await first.exitCode() == 75, "\(first.standardError)")
        #expect(await second.exitCode() == 0, "\(second.standardError)")
        #expect(try await job.results() == job.reference())
    }

    @Test("a run with a changed threshold is refused", arguments: [true, false])
    func changedThreshold(isFinished: Bool) async throws {
        var setup = JobSetup(problems: 0..<2, methods: "[{ rsd: { threshold: 0.7 } }]")
        let job = try TestJob(setup)
        if isFinished {
            #expect(try await job.run().code == 0)
        } else {
            try #require(await job.runAndKill(afterEvents: 1))
            // What is left of its engine is ended by the next start that is not refused.
            try await endLeftovers(of: job)
        }
        let before = try job.snapshot()
        setup.methods = "[{ rsd: { threshold: 0.8 } }]"
        try job.write(setup)
        let run = try await job.run()
        #expect(run.code == 5, "\(run.messages)")
        #expect(run.messages.contains("methods.rsd.threshold: 0.7 → 0.8"), "\(run.messages)")
        #expect(try job.snapshot() == before)
        try job.write(job.setup)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a damaged line in the middle of the journal is refused, wherever it is hit", arguments: [0, 1, 2])
    func damagedJournal(part: Int) async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        var journal = try Data(contentsOf: job.directory.journal)
        let whole = journal
        let lines = journal.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines[7]
        switch part {
        case 0: journal[(line.startIndex + line.endIndex) / 2] ^= 1
        case 1: journal[line.endIndex] = UInt8(ascii: " ")
        default: journal.removeSubrange(line.startIndex + 5..<line.endIndex - 5)
        }
        try journal.write(to: job.directory.journal)
        let before = try job.snapshot()
        let run = try await job.run()
        #expect(run.code == 5, "\(run.messages)")
        #expect(run.messages.contains("\(job.directory.journal.path):8: "), "\(run.messages)")
        #expect(try job.snapshot() == before)
        try whole.write(to: job.directory.journal)
        #expect(try await job.run().code == 0)
    }

    @Test("a directory that holds the run of other problems is refused")
    func otherProblems() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        #expect(try await job.run().code == 0)
        let before = try job.snapshot()
        try job.write(JobSetup(problems: 1..<2, methods: "[draft_only]"))
        let run = try await job.run()
        #expect(run.code == 5, "\(run.messages)")
        #expect(run.messages.contains("datasets.heldout.questions: sha256:"), "\(run.messages)")
        #expect(try job.snapshot() == before)
    }

    /// Engines have nobody to serve after their runner was killed, and end by themselves or here.
    private func endLeftovers(of job: TestJob) async throws {
        for pid in try job.livingEngines() { kill(pid, SIGKILL) }
        try await until { try job.livingEngines().isEmpty }
    }
}

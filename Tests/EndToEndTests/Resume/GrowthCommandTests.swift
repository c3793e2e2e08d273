import Foundation
import RunStore
import RunnerSupport
import Testing

@Suite("A job that is changed between two runs", .inSlots) struct GrowthCommandTests {
    @Test("a method more is added to the finished run, also through kills, and only its requests are sent")
    func addsMethod() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let before = try requests(in: job.directory, areAsked: true)
        var setup = JobSetup()
        setup.methods =
            "[draft_only, { rsd: { name: new, weighting: constant, p: 0.3 } }, target_only, { rsd: { weighting: constant, p: 0.5 } }]"
        try job.write(setup)
        let events = job.eventCount
        #expect(try await job.runAndKill(afterEvents: events + 4))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference(of: setup))
        let fresh = try TestJob(setup)
        #expect(try await fresh.run().code == 0)
        let asked = try requests(in: job.directory, areAsked: true)
        #expect(Set(asked).count == asked.count)
        #expect(try Set(requests(in: job.directory)) == Set(requests(in: fresh.directory)))
        #expect(asked.starts(with: before) && before.count < asked.count)
    }

    @Test("more tokens go on where the old limit had cut, and the display says what has changed")
    func raisesLimit() async throws {
        var setup = JobSetup()
        setup.maxTokens = 12
        let job = try TestJob(setup)
        #expect(try await job.run().code == 0)
        setup.maxTokens = 60
        try job.write(setup)
        let run = try await job.run()
        #expect(run.code == 0 && run.messages.contains("decoding.max_tokens: 12 → 60"), "\(run.messages)")
        #expect(run.messages.contains("that a limit had cut will go on"), "\(run.messages)")
        #expect(try await job.results() == job.reference(of: setup))
        // What takes responses back is refused, and says what another run could take over.
        setup.maxTokens = 59
        try job.write(setup)
        let refused = try await job.run()
        #expect(refused.code == 5 && refused.messages.contains("--reuse"), "\(refused.messages)")
    }

    @Test("a trial pays for the whole run, which names it with --reuse")
    func reusesTrial() async throws {
        let job = try TestJob()
        let trial = job.scratch.appending(path: "trials/small")
        let first = try await job.command(["run", job.file.path, "--limit", "2", "--run-dir", trial.path])
        #expect(first.code == 0, "\(first.messages)")
        let run = try await job.run(["--reuse", trial.deletingLastPathComponent().path])
        #expect(run.code == 0 && run.messages.contains("taken from other runs"), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let reused = try job.summary().run.requests.reused
        #expect(reused?.map(\.run) == [trial.path])
        #expect(try reused?.first?.answers == Set(requests(in: RunDirectory(trial))).count)
    }

    /// The requests that the journal has responses to.
    ///
    /// - Parameter areAsked: only those that were sent.
    private func requests(in directory: RunDirectory, areAsked: Bool = false) throws -> [RequestFingerprint] {
        try JournalReader.read(directory.journal).records.compactMap { record in
            guard case .event(_, _, let origin) = record, !areAsked || origin.asked != nil else { return nil }
            return origin.request
        }
    }
}

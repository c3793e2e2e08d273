import Foundation
import RunnerSupport
import Testing

/// Engines that are forked: the same results, and where it does not go well they are spawned.
@Suite("Warm starts", .inSlots) struct WarmStartTests {
    private static let setup = JobSetup(engine: ["warm: true"])

    @Test("an engine is a child of the process that forks it, and nothing of either is left")
    func forked() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 50"], engine: ["warm: true"]))
        let runner = try job.start()
        let isUp = await runner.reached { job.eventCount > 0 && job.presentEngine() != nil }
        try #require(isUp, "\(runner.standardError)")
        let (engine, server) = (try #require(job.presentEngine()?.pid), try #require(job.presentForkServer()?.pid))
        #expect(ProcessFacts.parent(of: engine) == server)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(try await job.results() == job.reference())
        try expectNothingLeft(of: job)
    }

    /// What the process does that is to fork engines, and what the run says of it.
    static let manners = [
        ("refuse", "it was told to refuse"), ("deny", "it was told to deny it"),
        ("die", "the fork server ended unexpectedly with signal 9 (SIGKILL), again"),
        ("fault=die-on-start", "engine draft was forked and failed: its process ended"),
    ]

    @Test("where engines cannot be forked they are spawned, and the run says so once", arguments: manners)
    func spawned(_ manner: (name: String, reason: String)) async throws {
        let job = try TestJob(Self.setup)
        let run = try await job.run(environment: ["RSD_POCKET_FORKS": manner.name])
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.matches(of: /engines are spawned from now on/).count == 1, "\(run.messages)")
        #expect(run.messages.contains(manner.reason), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        try expectNothingLeft(of: job)
    }

    @Test("imports that never end are given up after the start limit")
    func silent() async throws {
        let job = try TestJob(JobSetup(engine: ["warm: true", "start_timeout: 1"]))
        let run = try await job.run(environment: ["RSD_POCKET_FORKS": "silent"])
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("the imports took longer than 1.0 seconds"), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        try expectNothingLeft(of: job)
    }

    @Test("an engine that answers otherwise when it is forked than when it was spawned is spawned")
    func wrongAnswer() async throws {
        let job = try TestJob(Self.setup)
        let cache = ["XDG_CACHE_HOME": job.scratch.path]
        // Spawned at first, they leave their answers behind.
        #expect(try await job.run(environment: cache.merging(["RSD_POCKET_FORKS": "deny"]) { $1 }).code == 0)
        for (model, isRight) in [("draft", false), ("target", true)] {
            try FileManager.default.removeItem(at: job.directory.url)
            let folder = Programs.repository.appending(path: "demo/models/\(model)").path
            let forks = isRight ? [:] : ["RSD_POCKET_FORKS": "model=\(folder)"]
            let run = try await job.run(environment: cache.merging(forks) { $1 })
            #expect(run.code == 0, "\(run.messages)")
            #expect(
                run.messages.contains("its response differs from that of the spawned engine") == !isRight,
                "\(run.messages)")
            #expect(try await job.results() == job.reference())
            try expectNothingLeft(of: job)
        }
    }

    @Test(
        "SIGTERM while engines are forked ends with code 75 and leaves nothing",
        arguments: ["refuse", "silent", "hang", ""])
    func interrupted(manner: String) async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["warm: true"]))
        let runner = try job.start(environment: ["RSD_POCKET_FORKS": manner])
        try #require(await runner.reached { job.presentForkServer() != nil || job.eventCount > 0 })
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        try expectNothingLeft(of: job)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    private func expectNothingLeft(of job: TestJob) throws {
        #expect(try job.livingEngines().isEmpty)
        #expect(try job.starts().allSatisfy(\.isStopped))
    }
}

import Foundation
import RunnerSupport
import TestSupport
import Testing

/// Promise 1: after `kill -9` at any moment the same command ends with the results of an untouched run, and asks for nothing
/// that the journal holds.
@Suite("Kills at random moments", .inSlots) struct CrashTests {
    static let killsPerCampaign = 11
    /// RSD_E2E_CAMPAIGNS sets how often each kind of campaign is run.
    static let campaigns = ProcessInfo.processInfo.environment["RSD_E2E_CAMPAIGNS"].flatMap { UInt64($0) } ?? 1
    /// RSD_E2E_SEED gives other moments.
    static let seed = ProcessInfo.processInfo.environment["RSD_E2E_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("a run survives kill -9 of the runner, over and over", arguments: 0..<campaigns)
    func runnerKilled(campaign: UInt64) async throws {
        try await survivesKills(campaign: campaign) { runner, _ in runner.send(SIGKILL) }
    }

    @Test("a run survives kill -9 of the runner and all its engines, over and over", arguments: 100..<100 + campaigns)
    func allKilled(campaign: UInt64) async throws {
        try await survivesKills(campaign: campaign) { runner, job in
            runner.send(SIGKILL)
            for pid in try job.livingEngines() { kill(pid, SIGKILL) }
        }
    }

    @Test(
        "a run whose last trajectories get all engines at once survives kill -9 of the runner, over and over",
        arguments: 300..<300 + campaigns)
    func tailKilled(campaign: UInt64) async throws {
        try await survivesKills(campaign: campaign, JobSetup(engine: ["tail: 4"])) { runner, _ in runner.send(SIGKILL) }
    }

    /// Whom to kill, of a run whose engines are forked.
    enum Victim: CaseIterable { case runner, forkServer, engine }

    @Test(
        "a run survives kill -9 of the runner, the process that engines are forked from, an engine, and pairs of them",
        arguments: 200..<200 + campaigns)
    func anyKilled(campaign: UInt64) async throws {
        var random = SeededRandom(seed: Self.seed << 8 + campaign + 100)
        try await survivesKills(campaign: campaign, JobSetup(engine: ["warm: true"])) { runner, job in
            for victim in Victim.allCases.shuffled(using: &random).prefix(.random(in: 1...2, using: &random)) {
                switch victim {
                case .runner: runner.send(SIGKILL)
                case .forkServer: if let pid = job.presentForkServer()?.pid { kill(pid, SIGKILL) }
                case .engine: if let pid = job.presentEngine()?.pid { kill(pid, SIGKILL) }
                }
            }
        }
    }

    private func survivesKills(
        campaign: UInt64, _ setup: JobSetup = JobSetup(), strike: (RunnerProcess, TestJob) throws -> Void
    ) async throws {
        var random = SeededRandom(seed: Self.seed << 8 + campaign)
        var kills = 0
        while kills < Self.killsPerCampaign {
            let job = try TestJob(setup)
            var watch = try RepetitionWatch(job)
            var moments: [KillMoment] = []
            var code: Int32
            repeat {
                let runner = try job.start()
                let isLast = kills == Self.killsPerCampaign
                if !isLast {
                    let moment = KillMoment(kind: kills, using: &random)
                    moments.append(moment)
                    if await moment.comes(to: runner, of: job) {
                        try strike(runner, job)
                        kills += 1
                    }
                }
                code = await runner.exitCode()
                try #require(
                    code == 0 || code == 137 && !isLast,
                    "\(code): \(runner.standardError)\nRSD_E2E_SEED=\(Self.seed), campaign \(campaign), \(moments)")
                try watch.mark()
            } while code == 137
            let story: Comment = "RSD_E2E_SEED=\(Self.seed), campaign \(campaign), killed at \(moments)"
            #expect(try watch.repetitions().isEmpty, story)
            #expect(try await job.results() == job.reference(), story)
            #expect(try job.livingEngines().isEmpty, story)
            #expect(try job.starts().allSatisfy(\.isStopped), story)
        }
    }

    @Test("a run survives kill -9 of an engine at work", arguments: ["draft", "prm", "target"])
    func engineKilledAtWork(role: String) async throws {
        // One request after the other, each slow enough that the phase is surely not over.
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 150"], engine: ["concurrency: 1"]))
        let runner = try job.start()
        let isAtWork = await runner.reached {
            let records = (try? job.records()) ?? []
            guard let load = records.lastIndex(where: { $0.isLoad(of: role) }) else { return false }
            return records[load...].contains(where: \.isEvent) && job.presentEngine()?.engine == role
        }
        try #require(isAtWork, "\(runner.standardError)")
        kill(try #require(job.presentEngine()?.pid), SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("the \(role) engine died"))
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("a run survives kill -9 of an engine as soon as it is up", arguments: ["draft", "prm", "target"])
    func engineKilledWhenReady(role: String) async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 150"]))
        let runner = try job.start()
        let isUp = await runner.reached { ((try? job.records()) ?? []).contains { $0.isLoad(of: role) } }
        try #require(isUp, "\(runner.standardError)")
        kill(try #require(job.presentEngine()?.pid), SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("a run survives kill -9 of an engine that is starting")
    func engineKilledWhileStarting() async throws {
        let job = try TestJob(JobSetup(faults: ["slow-start=600"], faultsActOnce: true))
        let runner = try job.start()
        let isStarting = await runner.reached { job.presentEngine()?.pid != nil }
        try #require(isStarting, "\(runner.standardError)")
        // It has claimed the fault for itself once the file is there; the next one starts at once.
        let acted = job.scratch.appending(path: "fault-acted").path
        try #require(await runner.reached { FileManager.default.fileExists(atPath: acted) })
        kill(try #require(job.presentEngine()?.pid), SIGKILL)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("restarting it"))
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }
}

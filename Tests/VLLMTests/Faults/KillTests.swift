import Decoding
import Foundation
import RunStore
import RunnerSupport
import Testing

/// SIGKILL at random moments, of whoever takes part in a run whose engines are forked.
@Suite(.onRealVLLM) struct KillTests {
    /// RSD_VLLM_KILLS gives more, RSD_E2E_SEED other moments.
    static let kills = ProcessInfo.processInfo.environment["RSD_VLLM_KILLS"].flatMap { Int($0) } ?? 6
    static let seed = ProcessInfo.processInfo.environment["RSD_E2E_SEED"].flatMap { UInt64($0) } ?? 1

    private enum Victim: CaseIterable { case runner, forkServer, engine, core }

    private static func setup(_ residency: String) -> VLLMSetup {
        VLLMSetup(
            problems: 0..<24, methods: "[draft_only, target_only, { rsd: { threshold: 0.7 } }]",
            engine: ["residency: \(residency)"])
    }

    @Test(
        "the runner, the process that engines are forked from, an engine, its core, and pairs of them",
        arguments: ["swap", "share"])
    func anyone(residency: String) async throws {
        let untouched = try VLLMJob(Self.setup(residency))
        #expect(try await untouched.run().code == 0)
        var random = SeededRandom(seed: Self.seed << 8 + UInt64(residency.count))
        var kills = 0
        while kills < (Self.kills + 1) / 2 {
            let job = try VLLMJob(Self.setup(residency))
            var story: [String] = []
            var done: [JournalRecord] = []
            var code: Int32
            repeat {
                let runner = try job.start()
                let moment = KillMoment(kind: kills, longest: 12_000, using: &random)
                if kills < (Self.kills + 1) / 2, await moment.comes(to: runner, of: job) {
                    let victims = Victim.allCases.shuffled(using: &random).prefix(.random(in: 1...2, using: &random))
                    for victim in victims { try strike(victim, runner, job) }
                    story.append("\(victims) at \(moment)")
                    kills += 1
                }
                code = await runner.exitCode()
                try #require(code == 0 || code == 137, "\(code), \(story): \(runner.standardError)")
                let events = (try? job.records().filter(\.isEvent)) ?? []
                #expect(events.starts(with: done), "\(story): an answer was lost")
                done = events
            } while code == 137
            print("killed in \(residency): \(story)")
            #expect(try job.results() == untouched.results(), "\(story)")
            #expect(try answers(in: job) == answers(in: untouched), "\(story): something was asked twice")
            try job.expectNoEngine()
        }
    }

    private func strike(_ victim: Victim, _ runner: RunnerProcess, _ job: VLLMJob) throws {
        let pid: pid_t? =
            switch victim {
            case .runner: runner.pid
            case .forkServer: job.presentForkServer()?.pid
            case .engine: job.presentEngine()?.pid
            case .core: VLLMProcesses(job)?.core
            }
        if victim == .runner { runner.send(SIGKILL) } else if let pid { kill(pid, SIGKILL) }
    }

    /// How many answers of each trajectory the journal holds.
    private func answers(in job: VLLMJob) throws -> [TrajectoryID: Int] {
        var counts: [TrajectoryID: Int] = [:]
        for case .event(let id, _, _) in try job.records() { counts[id, default: 0] += 1 }
        return counts
    }
}

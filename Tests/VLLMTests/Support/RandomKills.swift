import Decoding
import Foundation
import RSDJobs
import RunStore
import RunnerSupport
import TestSupport
import Testing

/// SIGKILL at random moments, of whoever takes part in a run whose engines are forked.
struct RandomKills {
    /// RSD_E2E_SEED gives other moments.
    private static let seed = ProcessInfo.processInfo.environment["RSD_E2E_SEED"].flatMap { UInt64($0) } ?? 1

    private enum Victim: CaseIterable { case runner, forkServer, engine, core }

    private let setup: VLLMSetup
    private let untouched: VLLMJob
    private var random: SeededRandom

    init(residency: String) async throws {
        setup = VLLMSetup(methods: DemoTests.methods, engine: ["residency: \(residency)"])
        untouched = try VLLMJob(setup)
        random = SeededRandom(seed: Self.seed << 8 + UInt64(residency.count))
        let run = try await untouched.run()
        #expect(run.code == 0, "\(run.messages)")
    }

    /// Kills so many times, and sees each job to its end.
    mutating func strike(times: Int) async throws {
        var kills = 0
        while kills < times {
            let job = try VLLMJob(setup)
            var story: [String] = []
            var done: [JournalRecord] = []
            var code: Int32
            repeat {
                let runner = try job.start()
                let moment = KillMoment(kind: kills, longest: 12_000, using: &random)
                if kills < times, await moment.comes(to: runner, of: job) {
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
            print("killed: \(story)")
            #expect(try results(of: job) == results(of: untouched), "\(story)")
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

    /// Rewards with four decimals: how many steps the PRM read in one pass, which differs when drafts are streamed, shows in the
    /// last digits of its arithmetic.
    private func results(of job: VLLMJob) throws -> String {
        try String(decoding: job.results(), as: UTF8.self).replacing(/"reward":([0-9.e-]+)/) { match in
            "\"reward\":" + String(format: "%.4f", Double(match.1) ?? -1)
        }
    }

    /// How many answers of each trajectory the journal holds.
    private func answers(in job: VLLMJob) throws -> [TrajectoryID: Int] {
        var counts: [TrajectoryID: Int] = [:]
        for case .event(let id, _, _) in try job.records() { counts[id, default: 0] += 1 }
        return counts
    }
}

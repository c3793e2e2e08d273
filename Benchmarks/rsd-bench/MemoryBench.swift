import Decoding
import Foundation
import JobSpecs
import RunStore

extension Workplace {
    /// Memory of trajectories at work above their text: each has four steps of the draft, and waits for the target to rewrite the third.
    func measureMemory(trajectories count: Int) throws {
        let job = try writeJob("memory", problems: count, methods: "[{ rsd: { threshold: 0.5 } }]")
        let before = try residentBytes()
        let loaded = try JobLoader.load(job)
        let withJob = try residentBytes()
        var trajectories = TrajectorySet(loaded)
        let idle = try residentBytes()
        var text = 0
        for var trajectory in trajectories {
            let steps = (0..<4).map { "We find x = \($0) for problem \(trajectory.id.problem), so we go on.\n\n" }
            let drafts = steps.map { StepText(text: $0, tokens: 12) }
            // The step after the rejected one is dropped.
            text += steps.dropLast().reduce(0) { $0 + $1.utf8.count }
            try trajectory.apply(.generated(Generated(role: .draft, steps: drafts, end: .eos, promptTokens: 80)))
            try trajectory.apply(
                .scored(Scored(rewards: [0.9, 0.8, 0.1, 0.9], tokens: [12, 12, 12, 12], promptTokens: 200)))
            trajectories.update([trajectory])
        }
        let live = try residentBytes()
        print("memory, \(count) trajectories:")
        print("  the job                     \((withJob - before) >> 20) MiB")
        print("  trajectories without text   \((idle - withJob) >> 20) MiB")
        print("  with \(text >> 20) MiB of text          \((live - withJob) >> 20) MiB")
        print("  above their text            \((live - withJob - text) >> 20) MiB")
        withExtendedLifetime(trajectories) {}
    }

    private func residentBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard pages.count > 1, let resident = Int(pages[1]) else {
            throw BenchFailure(description: "no /proc/self/statm")
        }
        return resident * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

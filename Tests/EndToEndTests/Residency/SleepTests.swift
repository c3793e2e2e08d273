import Foundation
import RunnerSupport
import Testing

/// Engines that sleep instead of ending: the same results, with three starts in all.
@Suite("Engines that sleep", .inSlots) struct SleepTests {
    private static let methods = "[{ rsd: { weighting: constant, p: 0.5 } }]"

    @Test("asleep and woken, engines give the same bytes", arguments: [1, 2])
    func sameResults(level: Int) async throws {
        let job = try TestJob(JobSetup(engine: ["residency: sleep", "sleep_level: \(level)"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.coldStarts == 3)
        #expect(figures.swaps >= 2)
        #expect(figures.seconds.waking["draft"] ?? 0 > 0)
        #expect(try job.livingEngines().isEmpty)
    }

    /// The order of calls: who works next is woken only when the one before sleeps, and level 2 loads its weights again.
    @Test("the calls come in the order that vLLM wants", arguments: [1, 2])
    func order(level: Int) async throws {
        let job = try TestJob(
            JobSetup(
                problems: 0..<1, methods: Self.methods, maxSteps: 2,
                engine: ["residency: sleep", "sleep_level: \(level)", "groups: [[draft, prm], [target]]"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        let commands = try RequestLog(job).commands
        func waking(_ name: String) -> [String] {
            level == 1
                ? ["\(name) /wake_up"]
                : [
                    "\(name) /wake_up?tags=weights", "\(name) /collective_rpc", "\(name) /wake_up?tags=kv_cache",
                    "\(name) /reset_prefix_cache",
                ]
        }
        let sleep = { (name: String) in ["\(name) /sleep?level=\(level)"] }
        // To the target and back, as often as the trajectory needs it.
        let there = sleep("draft") + sleep("prm")
        let back = sleep("target") + waking("draft") + waking("prm")
        var expected: [String] = []
        while expected.count < commands.count {
            expected += expected.isEmpty ? there : there + waking("target")
            if expected.count < commands.count { expected += back }
        }
        #expect(!commands.isEmpty && commands == expected)
    }

    @Test(
        "sleep that fails costs a cold start and no answer",
        arguments: [
            ("sleep-error", "sleep failed"), ("wake-error", "waking failed"),
            ("wake-corrupt", "its answer differs from the one after its start"),
        ])
    func failures(fault: String, message: String) async throws {
        let job = try TestJob(JobSetup(faults: [fault], engine: ["residency: sleep"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains(message), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.summary().run.coldStarts > 3)
    }

    @Test("killed while engines sleep, it leaves none behind and ends with the same bytes")
    func killed() async throws {
        let job = try TestJob(JobSetup(engine: ["residency: sleep"]))
        let runner = try job.start()
        #expect(try await runner.reached { try RequestLog(job).commands.count > 1 })
        runner.send(SIGKILL)
        _ = await runner.exitCode()
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.livingEngines().isEmpty)
    }
}

import Foundation
import RunnerSupport
import Testing

/// Engines that cannot be forked are started ahead of time, and wait before they touch the device.
@Suite(.onRealVLLM) struct StandbyTests {
    private static let methods = "[draft_only, target_only, { rsd: { threshold: 0.7 } }]"
    private static let word = "waiting until the engine is needed"

    /// Logs of engines that came to their gate.
    private func held(_ job: VLLMJob) -> [URL] {
        let logs =
            (try? FileManager.default.contentsOfDirectory(at: job.directory.logs, includingPropertiesForKeys: nil))
            ?? []
        return logs.filter { (try? String(contentsOf: $0, encoding: .utf8))?.contains(Self.word) == true }
    }

    @Test("under swap all engines but the first wait for their turn, and the results are the same")
    func swap() async throws {
        let setup = VLLMSetup(methods: Self.methods, engine: ["residency: swap", "warm: false"])
        let job = try VLLMJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        // One that was expected in vain may have ended before it came to its gate, or after.
        let loads = try job.records().count { if case .load = $0 { true } else { false } }
        #expect(loads > 3 && held(job).count >= loads - 1)
        try await DemoTests.compare(job.resultLines(), setup)
        try job.expectNoEngine()
    }

    @Test("kill -9 of the runner while an engine waits: none of its processes is left, and the run goes on")
    func killed() async throws {
        let job = try VLLMJob(
            VLLMSetup(
                problems: 0..<100, methods: "[draft_only, target_only]",
                engine: ["residency: swap", "warm: false", "concurrency: 1"]))
        let runner = try job.start()
        let isHeld = await runner.reached { !held(job).isEmpty }
        try #require(isHeld, "\(runner.standardError)")
        let processes = try job.livingEngines()
        #expect(!processes.isEmpty)
        runner.send(SIGKILL)
        #expect(await runner.exitCode() == 137)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(processes.allSatisfy(ProcessFacts.isDead))
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
    }
}

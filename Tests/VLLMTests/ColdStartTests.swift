import Foundation
import RunnerSupport
import Testing

@testable import ModelLifecycle
@testable import RSDJobs

/// Engines that are spawned: one waits for its turn before it touches the device, and what it answers is kept for those that are forked.
@Suite(.onRealVLLM) struct ColdStartTests {
    @Test("kill -9 while an engine waits for its turn; then the run goes on; and a fork must answer as it did")
    func coldThenForked() async throws {
        let setup = VLLMSetup(
            methods: "[draft_only, target_only]", engine: ["residency: swap", "warm: false", "concurrency: 1"])
        let job = try VLLMJob(setup)
        let vllm = ProcessInfo.processInfo.environment["RSD_BATCH_VLLM"] ?? VLLMInstallation.standardFolder
        let cache = ["XDG_CACHE_HOME": job.scratch.path, "RSD_BATCH_VLLM": vllm]
        let left = try await killWhileOneWaits(job, cache)

        let (loads, held) = try (job.loadCount(), job.heldCount)
        let run = try await job.run(environment: cache)
        #expect(run.code == 0, "\(run.messages)")
        #expect(left.allSatisfy(ProcessFacts.isDead))
        // One that was expected in vain may have ended before it came to its gate, or after.
        let (moreLoads, moreHeld) = try (job.loadCount() - loads, job.heldCount - held)
        #expect(moreLoads > 0 && moreHeld >= moreLoads - 1)
        try await job.expectWhatPocketGives()
        try job.expectNoEngine()

        // As if the fork of the target were the one that errs.
        try changeAnswer(of: "demo/models/target", in: job.scratch.appending(path: "rsd-batch/cold-answers"))
        try FileManager.default.removeItem(at: job.directory.url)
        try job.write(VLLMSetup(methods: setup.methods, engine: ["residency: swap"]))
        let forked = try await job.run(environment: cache)
        #expect(forked.code == 0, "\(forked.messages)")
        #expect(forked.messages.contains("its response differs from that of the spawned engine"), "\(forked.messages)")
        let figures = try job.summary().run
        #expect(figures.warmStarts == 1 && figures.coldStarts == 1)
        try await job.expectWhatPocketGives()
        try job.expectNoEngine()
    }

    /// - Returns: the run's processes.
    private func killWhileOneWaits(_ job: VLLMJob, _ environment: [String: String]) async throws -> [pid_t] {
        let runner = try job.start(environment: environment)
        let isHeld = await runner.reached { job.heldCount > 0 }
        try #require(isHeld, "\(runner.standardError)")
        let processes = try job.livingEngines()
        #expect(!processes.isEmpty)
        runner.send(SIGKILL)
        #expect(await runner.exitCode() == 137)
        return processes
    }

    private func changeAnswer(of model: String, in folder: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let texts = try files.map { (file: $0, text: try String(contentsOf: $0, encoding: .utf8)) }
        let answers = texts.filter { $0.text.replacing("\\/", with: "/").contains(model) }
        try #require(answers.count == 1)
        let changed = answers[0].text.replacing(/"tokens":\[\d+/, with: #""tokens":[4"#)
        try #require(changed != answers[0].text)
        try Data(changed.utf8).write(to: answers[0].file)
    }
}

extension VLLMJob {
    /// Engines that came to their gate.
    var heldCount: Int {
        let logs = try? FileManager.default.contentsOfDirectory(at: directory.logs, includingPropertiesForKeys: nil)
        return (logs ?? []).count {
            (try? String(contentsOf: $0, encoding: .utf8))?.contains("waiting until the engine is needed") == true
        }
    }

    /// Engines that got their turn.
    func loadCount() throws -> Int { try records().count { if case .load = $0 { true } else { false } } }
}

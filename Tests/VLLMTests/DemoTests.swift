import Foundation
import RunnerSupport
import Testing

@testable import ModelLifecycle
@testable import Reporting

/// The demo's job on real vLLM gives what the pocket engine gives.
@Suite(.onRealVLLM) struct DemoTests {
    private static let methods = "[draft_only, target_only, { rsd: { threshold: 0.7 } }]"

    @Test("all 200 problems with all engines up at once: the same texts, and engines that work side by side")
    func share() async throws {
        let setup = VLLMSetup(problems: 0..<200, methods: Self.methods, engine: ["residency: share"])
        let job = try VLLMJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try await Self.compare(job.resultLines(), setup)
        let figures = try job.summary().run
        #expect(figures.warmStarts == 3 && figures.coldStarts == 0 && figures.swaps == 0)
        #expect(run.messages.contains("3 engines that are up together share"), "\(run.messages)")
        for log in try FileManager.default.contentsOfDirectory(at: job.directory.logs, includingPropertiesForKeys: nil)
        where !log.lastPathComponent.hasPrefix("fork-server") {
            let text = try String(contentsOf: log, encoding: .utf8)
            #expect(text.contains("(EngineCore") && !text.contains("(Worker"), "no process of its own for the worker")
        }
        #expect(try Busy(job.records()).seconds(atLeast: 2) > 0)
        try job.expectNoEngine()
    }

    @Test("one model at a time")
    func swap() async throws {
        let setup = VLLMSetup(problems: 0..<8, methods: Self.methods, engine: ["residency: swap"])
        let job = try VLLMJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try await Self.compare(job.resultLines(), setup)
        try job.expectNoEngine()
    }

    @Test("all 200 problems on three servers that run already, and were started with their parts of the processors")
    func attach() async throws {
        let models = Programs.repository.appending(path: "demo/models").path
        let scoring = EngineTask.score(ScoringSetup())
        try await ServedModel.with("draft", "\(models)/draft", among: 3) { draft in
            try await ServedModel.with("target", "\(models)/target", among: 3) { target in
                try await ServedModel.with("prm", "\(models)/prm", task: scoring, among: 3) { prm in
                    var setup = VLLMSetup(problems: 0..<200, methods: Self.methods, engine: [])
                    setup.urls = ["draft": draft.url, "target": target.url, "prm": prm.url]
                    let job = try VLLMJob(setup)
                    let run = try await job.run(
                        environment: [
                            "RSD_KEY_DRAFT": draft.key, "RSD_KEY_TARGET": target.key, "RSD_KEY_PRM": prm.key,
                        ])
                    #expect(run.code == 0, "\(run.messages)")
                    try await Self.compare(job.resultLines(), setup)
                    #expect(try job.engineStarts().isEmpty)
                    for served in [draft, target, prm] { #expect(await served.engine.state == .ready) }
                }
            }
        }
    }

    /// The decisions and texts are equal, and the rewards but for rounding.
    static func compare(_ lines: [ResultLine], _ setup: VLLMSetup) async throws {
        var pocket = setup
        (pocket.kind, pocket.engine, pocket.urls) = ("pocket", [], [:])
        let reference = try await VLLMJob.lines(of: VLLMJob(pocket).reference())
        try #require(!lines.isEmpty && lines.count == reference.count)
        for (line, expected) in zip(lines, reference) {
            #expect(line.id == expected.id)
            #expect(line.text == expected.text, "\(line.id)")
            #expect(line.finish == expected.finish, "\(line.id)")
            #expect(line.steps.map(\.origin) == expected.steps.map(\.origin), "\(line.id)")
            for (step, other) in zip(line.steps, expected.steps) {
                #expect(abs((step.reward ?? 0) - (other.reward ?? 0)) <= 1e-3, "\(line.id)")
                #expect(step.rejected?.text == other.rejected?.text, "\(line.id)")
            }
        }
    }
}

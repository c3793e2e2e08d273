import Foundation
import RunnerSupport
import Testing

@testable import JobSpecs
@testable import ModelLifecycle
@testable import Reporting
@testable import Runner

/// Grade-school problems with a real language model as draft and target, its chat template, and PRMs of each kind.
@Suite(.onRealVLLM) struct LanguageModelTests {
    @Test("6 problems with all engines up at once")
    func share() async throws { try await Self.share(problems: 0..<6) }

    static func share(problems: Range<Int>) async throws {
        let job = try RunnerJob(
            LanguageModelSetup(problems: problems, engine: ["residency: share", "concurrency: 16"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try check(job.resultLines(), count: problems.count)
        // The draft is the target.
        #expect(try job.summary().run.warmStarts == 2)
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("a judge and a draft that are the target are loaded with it")
    func oneEngine() async throws {
        let setup = LanguageModelSetup(
            problems: 0..<2, maxTokens: 48, profile: .judge, prm: TestModels.path("smollm2"))
        let job = try RunnerJob(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try Self.check(job.resultLines(), count: 2)
        #expect(try job.engineStarts().map(\.engine) == ["draft"])
    }

    @Test("servers that run already, streaming from one, and a PRM of each profile")
    func attach() async throws {
        try await ServedModel.with("lm", TestModels.path("smollm2"), among: 2) { language in
            try await StreamCheck(client: language.session().client).run()
            for (profile, model) in Self.profiles {
                let path = TestModels.path(model)
                let spec = ModelSpec(model: path, profile: profile)
                let task = try spec.task()
                if profile == .judge {
                    try await run(profile, path, language: language, prm: language)
                } else {
                    try await ServedModel.with("prm", path, task: task, among: 2) { prm in
                        try await run(profile, path, language: language, prm: prm)
                    }
                }
            }
        }
    }

    private func run(
        _ profile: PRMProfile, _ model: String, language: ServedModel, prm: ServedModel
    ) async throws {
        var setup = LanguageModelSetup(problems: 0..<4, maxTokens: 64, profile: profile.name, prm: model)
        setup.servers = ["draft": language, "target": language, "prm": prm].mapValues {
            LanguageModelSetup.Server(url: $0.url, served: $0.engine.configuration.name)
        }
        let job = try RunnerJob(setup)
        let run = try await job.run(environment: ["RSD_LM_KEY": language.key, "RSD_PRM_KEY": prm.key])
        #expect(run.code == 0, "\(profile.name): \(run.messages)")
        try Self.check(job.resultLines(), count: 4)
        #expect(try job.engineStarts().isEmpty)
    }

    private static func check(_ lines: [ResultLine], count: Int) throws {
        #expect(lines.count == count)
        for line in lines {
            #expect(line.finish != .failed, "\(line.id): \(line.failure ?? "")")
            #expect(!line.text.isEmpty)
            for step in line.steps where step.origin == .draft && !step.text.isEmpty {
                let reward = try #require(step.reward ?? step.rejected?.reward)
                #expect((0...1).contains(reward))
            }
        }
    }

    private static let profiles: [(PRMProfile, String)] = [
        (.judge, "smollm2"), (.skywork(stepToken: PRMProfile.standardStepToken), "prm-skywork"), (.qwenPRM, "prm-qwen"),
        (.tokenClassification, "prm-token-classification"), (.sequenceClassification, "prm-sequence-classification"),
        (.mathShepherd, "prm-math-shepherd"), (.rlhflow, "prm-rlhflow"),
    ]
}

import Foundation
import RunnerSupport
import Testing

@testable import JobSpecs
@testable import ModelLifecycle
@testable import Reporting

/// Grade-school problems with a real language model as draft and target, its chat template, and PRMs of each kind.
@Suite(.onRealVLLM) struct LanguageModelTests {
    @Test("20 problems with all engines up at once")
    func share() async throws {
        let job = try RunnerJob(LanguageModelSetup(problems: 0..<20, engine: ["residency: share", "concurrency: 16"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try Self.check(job.resultLines(), count: 20)
        #expect(try job.summary().run.warmStarts == 3)
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("one model at a time gives what all at once give")
    func swap() async throws {
        let setup = LanguageModelSetup(problems: 0..<2, maxTokens: 48, engine: ["residency: share"])
        let shared = try RunnerJob(setup)
        #expect(try await shared.run().code == 0)
        var other = setup
        other.engine = ["residency: swap", "groups: [[draft, prm], [target]]"]
        let swapped = try RunnerJob(other)
        let run = try await swapped.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try swapped.resultLines().map(\.text) == shared.resultLines().map(\.text))
    }

    @Test("servers that run already, and a PRM of each profile")
    func attach() async throws {
        try await ServedModel.with("lm", TestModels.path("smollm2")) { language in
            for (profile, model) in Self.profiles {
                let path = TestModels.path(model)
                let spec = ModelSpec(model: path, profile: profile)
                let task = try spec.task()
                if profile == .judge {
                    try await run(profile, path, language: language, prm: language)
                } else {
                    try await ServedModel.with("prm", path, task: task) { prm in
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
        (.tokenClassification, "prm-token-classification"), (.mathShepherd, "prm-math-shepherd"),
        (.rlhflow, "prm-rlhflow"),
    ]
}

/// A job on SmolLM2-135M-Instruct.
struct LanguageModelSetup: JobSource {
    struct Server: Hashable, Sendable {
        var url: String
        var served: String
    }

    static let limit = Duration.seconds(900)

    /// Which of the questions in `gsm8k`.
    var problems: Range<Int>
    var maxTokens = 96
    var profile = PRMProfile.Name.qwenPRM
    var prm = TestModels.path("prm-qwen")
    /// Lines of the spec's `engine` section.
    var engine: [String] = []
    /// Servers that run already, by model.
    var servers: [String: Server] = [:]

    var untouched: LanguageModelSetup { self }

    func yaml(scratch: URL) -> String {
        let language = TestModels.path("smollm2")
        let args = ["args: { dtype: float32, enforce-eager: true, kv-cache-memory-bytes: 256M }"]
        let settings = servers.isEmpty ? args + engine : ["residency: attach"] + engine
        return """
            name: test
            models:
              draft: { \(keys("draft", language)) }
              target: { \(keys("target", language)) }
              prm: { \(keys("prm", prm)), profile: \(profile.rawValue) }
            engine:
              kind: vllm
              \(settings.joined(separator: "\n  "))
            datasets:
              - { name: gsm8k, path: problems.jsonl, answer: id } # what is right is not the question here
            prompt: chat
            decoding: { max_tokens: \(maxTokens), max_steps: 6 }
            methods: [{ rsd: { weighting: constant, p: 0.5 } }]
            """
    }

    private func keys(_ name: String, _ model: String) -> String {
        var keys = ["model: \"\(model)\""]
        if let server = servers[name] {
            keys += ["url: \(server.url)", "served: \(server.served)"]
            keys.append("key_env: \(name == "prm" ? "RSD_PRM_KEY" : "RSD_LM_KEY")")
        } else {
            keys.append("context: 2048")
        }
        return keys.joined(separator: ", ")
    }

    func records() throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "gsm8k/questions.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return lines[problems].joined(separator: "\n")
    }
}

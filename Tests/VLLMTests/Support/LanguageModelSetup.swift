import Foundation
import RunnerSupport

@testable import JobSpecs
@testable import RSDJobs

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

    func records() -> String {
        GradeSchool.lines[problems].joined(separator: "\n")
    }
}

import Foundation
import RunnerSupport

typealias VLLMJob = RunnerJob<VLLMSetup>

extension VLLMJob {
    convenience init() throws { try self.init(VLLMSetup()) }
}

/// A job on the demo's models, served by real vLLM, or by the pocket engine to compare with.
struct VLLMSetup: JobSource {
    // A start takes half a minute on a quiet machine, and CI's are busy.
    static let limit = Duration.seconds(600)

    var kind = "vllm"
    /// Servers that run already, by model; the job then starts none. Their keys are in `RSD_KEY_DRAFT` and so on.
    var urls: [String: String] = [:]
    /// Which of the demo's problems.
    var problems = 0..<24
    /// Lines of the data set before those.
    var moreRecords: [String] = []
    var methods = "[draft_only]"
    var draft = Programs.repository.appending(path: "demo/models/draft").path
    /// Further arguments of every engine, as `key: value`.
    var arguments: [String] = []
    /// For keys and values of attention, instead of most of the memory there is.
    var cache = "256M"
    /// Further lines of the spec's `engine` section. One request after the other makes a phase last.
    var engine = ["concurrency: 1"]

    var untouched: VLLMSetup {
        var setup = self
        setup.engine = VLLMSetup().engine
        return setup
    }

    func yaml(scratch: URL) -> String {
        let models = Programs.repository.appending(path: "demo/models").path
        let args = ["dtype: float32", "enforce-eager: true", "kv-cache-memory-bytes: \(cache)"] + arguments
        var settings = ["kind: \(kind)"] + engine
        if !urls.isEmpty {
            settings.append("residency: attach")
        } else if kind == "vllm" {
            settings.append("args: { \(args.joined(separator: ", ")) }")
        }
        return """
            name: test
            models:
              draft: { model: "\(draft)"\(server("draft")) }
              target: { model: "\(models)/target"\(server("target")) }
              prm: { model: "\(models)/prm", profile: token-classification\(server("prm")) }
            engine:
              \(settings.joined(separator: "\n  "))
            datasets:
              - { name: heldout, path: problems.jsonl, id: id }
            decoding: { max_tokens: 200, max_steps: 20 }
            methods: \(methods)
            """
    }

    private func server(_ name: String) -> String {
        urls[name].map { ", url: \($0), key_env: RSD_KEY_\(name.uppercased())" } ?? ""
    }

    func records() throws -> String {
        let file = Programs.repository.appending(path: "demo/problems.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")[problems].map(String.init)
        return (moreRecords + lines).joined(separator: "\n")
    }
}

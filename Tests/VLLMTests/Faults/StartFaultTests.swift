import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import ModelLifecycle

/// A vLLM that cannot start is explained in a sentence with the remedy, and the run stops, resumable.
@Suite(.onRealVLLM) struct StartFaultTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var what: String
        var arguments: [EngineConfiguration.Argument] = []
        var cache = VLLMSetup().cache
        var model = VLLMSetup().draft
        /// Values of the model's config.json to replace.
        var config: [String: String] = [:]
        var words: [String]
        /// The first version that can make the mistake.
        var since = VLLMVersion.oldest
        var testDescription: String { what }
    }

    static let mistakes = [
        Mistake(
            what: "a flag that vLLM does not know", arguments: [.init("max-modle-len", "512")],
            words: ["does not know --max-modle-len", "`args`", "vllm serve --help=all"]),
        Mistake(
            what: "a value that vLLM does not know", arguments: [.init("kv-cache-dtype", "pigeon")],
            words: ["the value of --kv-cache-dtype", "pigeon", "Correct it in the job's `args`"]),
        Mistake(
            what: "a context longer than the checkpoint's", arguments: [.init("max-model-len", "5000")],
            words: ["a context of 5000 tokens is longer than the checkpoint's own", "`context: 5000`"]),
        Mistake(
            what: "an architecture that vLLM does not have", config: ["architectures": #"["Qwen9ForCausalLM"]"#],
            words: ["this vLLM does not support the architecture Qwen9ForCausalLM"]),
        Mistake(
            what: "a configuration that does not fit the weights", config: ["intermediate_size": "320"],
            words: ["config.json does not match its weights", "Copy the checkpoint again"]),
        Mistake(
            what: "a cache too small for one request", cache: "512K",
            // Before, the CPU build's cache is a whole GiB at least.
            words: ["needs", "GiB of KV cache", "shorter `context`"], since: VLLMVersion.Release(0, 20, 0)),
        Mistake(
            what: "a model that is not there", model: "/no/such/model",
            words: ["there is no checkpoint at the model's path"]),
    ]

    @Test("what vLLM says when it cannot start is explained, and it is not started again", arguments: mistakes)
    func isExplained(_ mistake: Mistake) async throws {
        let version = try await VLLMInstallation(venv: nil).version()
        if let release = version.release, release < mistake.since {
            return print("not on vLLM \(version): \(mistake.what)")
        }
        let scratch = try Scratch()
        let model = try mistake.config.isEmpty ? mistake.model : scratch.copy(of: mistake.model, config: mistake.config)
        let engine = try await ServedModel.engine(
            "draft", model, arguments: mistake.arguments, cache: mistake.cache, in: scratch)
        let error = try await #require(throws: EngineError.self) { try await engine.start() }
        #expect(error.code == .diedDuringStart && error.isExplained, "\(error)")
        for words in mistake.words { #expect(error.description.contains(words), "'\(words)' in \(error)") }
        #expect(error.logPath == scratch.file("logs/draft-1.log").path)
        let starts = LedgerStart.all(ledger: try Data(contentsOf: scratch.file("engines.jsonl")))
        #expect(starts.count == 1 && starts.allSatisfy(\.isStopped))
    }

    @Test("a run whose engine cannot start ends with code 4 after that one start, and names the engine's log")
    func endsTheRun() async throws {
        let job = try VLLMJob(VLLMSetup(arguments: ["max-model-len: 5000"]))
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        #expect(run.messages.contains("longer than the checkpoint's own"), "\(run.messages)")
        #expect(run.messages.contains("\(job.directory.logs.path)/draft-1.log"), "\(run.messages)")
        // It would fail again.
        #expect(try job.engineStarts().count == 1)
        try job.expectNoEngine()
    }

    @Test("a flag that vLLM does not know is refused before anything starts")
    func unknownFlag() async throws {
        let job = try VLLMJob(VLLMSetup(arguments: ["max-modle-len: 512"]))
        let run = try await job.run()
        #expect(run.code == 2, "\(run.messages)")
        #expect(run.messages.contains("did you mean 'max-model-len'?"), "\(run.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
    }

    @Test("a model that is not there is refused before anything starts")
    func noModel() async throws {
        let job = try VLLMJob(VLLMSetup(draft: "/no/such/model"))
        let run = try await job.run()
        #expect(run.code == 2, "\(run.messages)")
        #expect(run.messages.contains("there is no directory /no/such/model"), "\(run.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
    }
}

extension Scratch {
    /// A copy of a checkpoint with other values in its config.json.
    fileprivate func copy(of checkpoint: String, config values: [String: String]) throws -> String {
        let copy = self.file("model")
        try FileManager.default.copyItem(atPath: checkpoint, toPath: copy.path)
        let file = copy.appending(path: "config.json")
        var config = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        for (key, text) in values {
            config[key] = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        }
        try JSONSerialization.data(withJSONObject: config).write(to: file)
        return copy.path
    }
}

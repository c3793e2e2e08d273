import Foundation
import ModelLifecycle
import Testing

@testable import JobSpecs

/// Flags in the `args` of an otherwise good job. What loading says of them is in `flags.txt`, under the title.
private struct FlagCase: Sendable, CustomTestStringConvertible {
    var title: String
    var args: String
    var version = "0.32.0"
    /// The `args` of the draft.
    var draft: String?
    var settings: [String] = []

    init(_ title: String, _ args: String, version: String = "0.32.0", draft: String? = nil, set settings: String...) {
        (self.title, self.args, self.version, self.draft, self.settings) = (title, args, version, draft, settings)
    }

    var testDescription: String { title }

    static let all: [FlagCase] = [
        FlagCase("a misspelt flag", "max-model-length: 8192"),
        FlagCase("a flag with underscores, and one misspelt with them", "max_num_seqs: 8, max_nun_seqs: 8"),
        FlagCase("a flag like no other", "frobnicate: 1, help: true, omni: true"),
        FlagCase("words of a flag", "memory-utilization: 0.9"),
        FlagCase("short names, and -O", "tp: 2, O: 3, q: awq"),
        FlagCase("abbreviations", "tensor-parallel: 2, enforce: true, no-enforce: true, hos: 0.0.0.0, max-num: 8"),
        FlagCase("another name of a flag", "device-memory-utilization: 0.9"),
        FlagCase(
            "flags of the runner in other clothes", "no-enable-sleep-mode: true, pooler-config.task: x, served-model: y"
        ),
        FlagCase(
            "values of the wrong type",
            "dtype: flaot16, tensor-parallel-size: two, max-num-seqs: 8.5, gpu-memory-utilization: most"),
        FlagCase(
            "values of the right type",
            """
            dtype: bfloat16, tensor-parallel-size: 2, max-model-len: 16k, kv-cache-memory-bytes: 1.5g, gpu-memory-utilization: 1e-1,
                moe-backend: Deep-GEMM, hf-token: true, trust-remote-code: true, no-enable-prefix-caching: true, block-size: "16",
                safetensors-load-strategy: None, stream_interval: 1_0, attention-backend: FLASH_ATTN, max-lora-rank: 64
            """),
        FlagCase("sizes", "max-model-len: 1.5K, max-num-batched-tokens: 8kb, block-size: 1k, max_model_len: auto"),
        FlagCase("a choice among numbers", "max-lora-rank: 7"),
        FlagCase("switches with a value", "enforce-eager: yes, enable-prefix-caching: 1, no-enforce-eager: no"),
        FlagCase("flags that need a value", "dtype: true, max-num-seqs: true, tokenizer: true"),
        FlagCase(
            "switches that are off", "enable-log-deltas: false, enforce-eager: false, dtype: false, nonsense: false"),
        FlagCase("JSON", #"compilation-config: '{"mode": 3}', additional-config: "plain", mm-processor-kwargs: "{}""#),
        FlagCase(
            "malformed JSON",
            #"compilation-config: "{mode: 3}", additional-config: "{a}", limit-mm-per-prompt: image=1"#),
        FlagCase(
            "parts of JSON",
            "compilation-config.mode: 3, compilation_config.pass_config.x: 1, additional-config.any.thing: 1"),
        FlagCase(
            "parts that do not exist",
            "compilation-config.mod: 3, compilation-konfig.mode: 3, max-num-seqs.x: 1, tokenizer.x: 1"),
        FlagCase(
            "JSON with an unknown key", #"compilation-config: '{"mod": 3, "mode": 3}', additional-config: '{"any": 1}'"#
        ),
        FlagCase("a part without a value", "compilation-config.mode: true, attention-config.backend: [a, b]"),
        FlagCase(
            "a list",
            "lora-modules: [a=b, c=d], middleware: [x, y], max-num-seqs: [1, 2], cudagraph-capture-sizes: [1, x]"),
        FlagCase("a flag twice", "max-num-seqs: 8, max_num_seqs: 9, enforce-eager: true, no-enforce-eager: true"),
        FlagCase("a flag and its part", #"compilation-config: "{}", compilation-config.mode: 3"#),
        FlagCase("deprecated flags", "disable-cascade-attn: true, log-config-file: x.json"),
        FlagCase("deprecated in another version", "disable-log-requests: true, moe-backend: triton", version: "0.14.1"),
        FlagCase("of a model", "max-num-seqs: 8", draft: "max-num-seqs: 9, dtpye: half"),
        FlagCase(
            "of a model, beside a part of the engine's",
            "compilation-config.mode: 3, attention-config: '{}', enforce-eager: true",
            draft: "compilation_config: '{}', attention-config.backend: FLASH_ATTN, no-enforce-eager: true"),
        FlagCase("on the command line", "max-num-seqs: 8", set: "engine.args.max-num-seqs=x", "engine.args.dtpye=half"),
        FlagCase("with errors elsewhere", "dtpye: half, port: 1, --x: 1", set: "decoding.temperature=-1"),
    ]

    /// `Flags/VERSION.json` is what `vllm_flags.py` printed for that version, a flag on each line.
    static func known(_ version: String) throws -> FlagKnowledge {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Flags/\(version).json")
        let flags = try JSONDecoder().decode([EngineFlag].self, from: Data(contentsOf: file))
        return .known(
            EngineFlags(of: "vLLM \(version)", flags, help: "`vllm serve --help=all` lists all", abbreviates: true))
    }

    func fault() throws -> String {
        let fixture = try SpecFixture()
        var changes = [("kind: pocket", "kind: vllm\n  args: { \(args) }")]
        if let draft { changes.append(("models/draft }", "models/draft, args: { \(draft) } }")) }
        try fixture.writeJob(changes)
        return fixture.fault(settings, flags: try Self.known(version))
    }
}

extension GoldenTexts {
    fileprivate static let flags = GoldenTexts(beside: #filePath, "flags.txt")
}

@Suite("Flags of engines")
struct FlagCheckTests {
    @Test("are checked against those that vLLM knows", arguments: FlagCase.all)
    fileprivate func check(_ bad: FlagCase) throws { try GoldenTexts.flags.expect(bad.fault(), bad.title) }

    @Test("the golden file has these cases and no others")
    func golden() throws {
        try GoldenTexts.flags.expect(FlagCase.all.map { (title: $0.title, text: try $0.fault()) })
    }

    @Test("the pocket engine's are known without a process")
    func pocket() async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("concurrency: 8", "args: { thread: 2, delay-ms: soon, fault: [a, b] }"))
        let flags = try await JobLoader.flags(of: fixture.directory.appending(path: "job.yaml"))
        let fault = fixture.fault(flags: flags)
        #expect(
            fault.contains("job.yaml:9:11: error: unknown flag 'thread' of the pocket engine; did you mean 'threads'?"))
        #expect(
            fault.contains("job.yaml:9:32: error: 'delay-ms' of the pocket engine takes a whole number, found \"soon\"")
        )
        #expect(!fault.contains("'fault'"))
    }

    @Test("a job without any, and one on servers, asks no engine")
    func none() async throws {
        let fixture = try SpecFixture()
        let file = fixture.directory.appending(path: "job.yaml")
        try fixture.writeJob(("kind: pocket", "kind: vllm\n  venv: nowhere"))
        guard case .notNeeded = try await JobLoader.flags(of: file) else { Issue.record("asked"); return }
    }

    @Test("where vLLM is missing, the job is valid and says that they were not checked")
    func missing() async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("kind: pocket", "kind: vllm\n  venv: nowhere\n  args: { nonsense: 1 }"))
        let file = fixture.directory.appending(path: "job.yaml")
        let job = try JobLoader.load(file, flags: await JobLoader.flags(of: file))
        #expect(job.uncheckedFlags?.contains("nowhere") == true)
    }
}

@testable import Checkpoints
import Foundation
import TestSupport
@testable import JobSpecs
import Testing

@Suite("What an engine needs of a checkpoint")
struct EngineNeedsTests {
    /// What loading says of a job whose target lacks something.
    private func fault(
        _ kind: String = "vllm", job changes: [(String, String)] = [], _ change: (borrowing SpecFixture) throws -> Void
    ) throws -> String {
        let fixture = try SpecFixture()
        try fixture.writeJob([("kind: pocket", "kind: \(kind)")] + changes)
        try change(fixture)
        let said = fixture.fault()
        return said.split(separator: "\n").first { $0.contains("error") || $0.contains("warning") }.map {
            String($0.replacing("job.yaml:5:20: error: ", with: ""))
        } ?? said
    }

    private func remove(_ name: String, _ fixture: borrowing SpecFixture) throws {
        try FileManager.default.removeItem(atPath: fixture.path("models/target/\(name)"))
    }

    @Test(
        "a tokenizer may have any form that vLLM loads",
        arguments: [
            ["tokenizer.model"], ["tekken.json"], ["vocab.json", "merges.txt"], ["qwen.tiktoken"], ["tiktoken.model"],
            ["vocab.txt"],
            ["tokenizer.model.v3"], ["spiece.model"],
        ])
    func forms(names: [String]) throws {
        let said = try fault {
            try remove("tokenizer.json", $0)
            for name in names { try $0.write("x", to: "models/target/\(name)") }
        }
        #expect(said == "loaded")
        let pocket = try fault("pocket") {
            try remove("tokenizer.json", $0)
            for name in names { try $0.write("x", to: "models/target/\(name)") }
        }
        #expect(pocket.names("models/target", "tokenizer.json", "pocket"), "\(pocket)")
        let broken = try fault {
            try remove("tokenizer.json", $0)
            for name in names { try $0.write("", to: "models/target/\(name)") }
        }
        #expect(broken.hasSuffix(" is empty"))
        let pointer = try fault {
            try remove("tokenizer.json", $0)
            for name in names {
                try $0.write("version https://git-lfs.github.com/spec/v1\n", to: "models/target/\(name)")
            }
        }
        #expect(pointer.hasSuffix(" is a Git LFS pointer, not the file itself; run `git lfs pull`"))
    }

    @Test("a checkpoint without a tokenizer is refused")
    func noTokenizer() throws {
        let said = try fault { try remove("tokenizer.json", $0) }
        #expect(
            said.names(
                "models/target", "tokenizer.json", "tokenizer.model", "tekken.json", "vocab.json", "merges.txt",
                "*.tiktoken", "args"), "\(said)")
        #expect(
            try fault {
                try remove("tokenizer.json", $0)
                try $0.write("{}", to: "models/target/vocab.json")
            }.hasPrefix("models/target has no tokenizer: "))
        // A program that comes with the checkpoint.
        #expect(
            try fault {
                try remove("tokenizer.json", $0)
                try $0.write(
                    #"{"auto_map": {"AutoTokenizer": ["a.B", null]}}"#, to: "models/target/tokenizer_config.json")
            } == "loaded")
        // The draft and the PRM are looked at too.
        #expect(
            try fault {
                try FileManager.default.removeItem(atPath: $0.path("models/prm/tokenizer.json"))
            }.contains("models/prm has no tokenizer"))
    }

    @Test("a tokenizer.json that cannot be loaded is refused")
    func brokenTokenizer() throws {
        let bad: KeyValuePairs = [
            "no bytes": "",
            "a Git LFS pointer": "version https://git-lfs.github.com/spec/v1\n",
            "a list": "[]",
            "no model": "{}",
            "no vocabulary": #"{"model": {"merges": []}}"#,
            "an empty vocabulary": #"{"model": {"vocab": {}}}"#,
            "a vocabulary of null": #"{"model": {"vocab": null}}"#,
            "a file that is cut off": #"{"model": {"vocab": {"a": 0"#,
        ]
        for kind in ["vllm", "pocket"] {
            let said = try bad.map { title, content in
                (title: title, text: try fault(kind) { try $0.write(content, to: "models/target/tokenizer.json") })
            }
            try GoldenTexts(beside: #filePath, "tokenizers.txt").expect(said)
        }
    }

    @Test("a tokenizer that lies elsewhere is checked there")
    func elsewhere() throws {
        func target(_ tokenizer: String) -> [(String, String)] {
            [
                (
                    "target: { model: models/target }",
                    "target: { model: models/target, args: { tokenizer: \(tokenizer) } }"
                )
            ]
        }
        let fixture = try SpecFixture()
        let good = fixture.path("models/draft")
        #expect(try fault(job: target(good)) { try remove("tokenizer.json", $0) } == "loaded")
        #expect(try fault(job: target("Qwen/Qwen2.5-7B")) { try remove("tokenizer.json", $0) } == "loaded")
        #expect(try fault(job: target("/nowhere")) { _ in }.names("/nowhere", "args", "tokenizer", "target"))
        try FileManager.default.removeItem(atPath: good + "/tokenizer.json")
        #expect(try fault(job: target(good)) { _ in }.contains("has no tokenizer"))
    }

    @Test(
        "an architecture has to fit the role",
        arguments: [
            (
                "{}",
                "config.json in models/target has no 'architectures', which an engine needs to identify the model"
            ),
            (
                #"{"architectures": []}"#,
                "config.json in models/target has no 'architectures', which an engine needs to identify the model"
            ),
            (
                #"{"architectures": ["Qwen2ForSequenceClassification"]}"#,
                "models/target is a Qwen2ForSequenceClassification, which does not generate text; use a generative model as the target"
            ),
            (
                #"{"architectures": ["Qwen3Model"]}"#,
                "models/target is a Qwen3Model, which does not generate text; use a generative model as the target"
            ),
            (
                #"{"architectures": ["BertModel"]}"#,
                "models/target is a BertModel, which does not generate text; use a generative model as the target"
            ),
            (#"{"architectures": ["GPT2LMHeadModel"]}"#, "loaded"), (#"{"architectures": ["ChatGLMModel"]}"#, "loaded"),
            (#"{"architectures": ["Gemma3ForConditionalGeneration"], "vision_config": {}}"#, "loaded"),
            (#"{"architectures": ["NemotronHForCausalLM"], "time_step_limit": [0.0, Infinity], "x": NaN}"#, "loaded"),
        ])
    func architectures(config: String, said: String) throws {
        #expect(try fault { try $0.write(config, to: "models/target/config.json") } == said)
    }

    @Test("a byte order mark is refused where transformers refuses it, and nowhere else")
    func mark() throws {
        let config = "\u{FEFF}" + #"{"architectures": ["Qwen2ForCausalLM"]}"#
        #expect(
            try fault { try $0.write(config, to: "models/target/config.json") }
                == "config.json in models/target begins with a byte order mark, which transformers rejects; save it as UTF-8 without one"
        )
        #expect(try fault("pocket") { try $0.write(config, to: "models/target/config.json") } == "loaded")
    }

    @Test(
        "an unknown number of parameters is warned of, and the job may state it",
        arguments: [
            ("7.6B", 7_600_000_000), ("\"1.5 T\"", 1_500_000_000_000), ("7.6e9", 7_600_000_000),
            ("7615616512", 7_615_616_512), ("800K", 800_000),
        ])
    func parameters(written: String, number: Int) throws {
        let fixture = try SpecFixture()
        let config = #"{"architectures": ["Qwen2ForCausalLM"], "quantization_config": {"quant_method": "hqq"}}"#
        try fixture.write(config, to: "models/target/config.json")
        #expect(
            fixture.fault().hasPrefix(
                "job.yaml:5:20: warning: the parameters of the target are unknown, and so are its FLOPs: the packing of 'hqq' "
                    + "is unknown. Set 'models.target.parameters' to the number of its weights"))
        let identity = SpecIdentity(try fixture.load())
        try fixture.writeJob(
            ("target: { model: models/target }", "target: { model: models/target, parameters: \(written) }"))
        let job = try fixture.load()
        #expect(
            job.models[.target]?.size == ModelSize(parameters: number, source: "models.target.parameters of the job"))
        #expect(job.warnings.isEmpty)
        // It changes the accounting alone, so a run may go on with another.
        #expect(SpecIdentity(job) == identity)
        try fixture.write(job.spec.renderYAML(), to: "job.yaml")
        #expect(try fixture.load().spec == job.spec)
    }

    @Test(
        "an impossible number of parameters is refused",
        arguments: [
            "0", "-1", "1e300", ".inf", "lots", "\"7615616512\"", "7.6X", "[1]", "1e16", "99999999999999999999",
            "1.5", "7", "0.5K",
        ])
    func badParameters(written: String) throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("target: { model: models/target }", "target: { model: models/target, parameters: \(written) }"))
        #expect(fixture.fault().contains("error: "))
        #expect(fixture.fault().contains("'parameters'"))
    }
}

import Foundation
import Testing

// What users get wrong about PRMs.

extension BadCase {
    static let profiles: [BadCase] = [
        BadCase(
            "a setting of another profile, a policy that is none",
            changes: [
                (#"kind: pocket"#, #"kind: vllm"#),
                (
                    #"profile: token-classification"#,
                    #"profile: { name: qwen-prm, step_token: "\n" }, overlong: truncate"#
                ),
            ]),
        BadCase(
            "a profile without its name, and with a step token that YAML does not unescape",
            changes: [(#"profile: token-classification"#, #"profile: { step_token: '\n' }"#)]),
        BadCase(
            "a profile that the pocket engine cannot serve",
            changes: [(#"token-classification"#, #"judge"#)]),
        BadCase(
            "overlong on a model that is no PRM",
            changes: [(#"models/draft }"#, #"models/draft, overlong: fail }"#)]),
        BadCase(
            "a tokenizer that does not say what '+' and '-' are",
            changes: [(#"kind: pocket"#, #"kind: vllm"#), (#"token-classification"#, #"math-shepherd"#)]),
    ]
}

@Suite("Profiles and checkpoints")
struct SpecProfileFitTests {
    private func fault(_ architecture: String, _ profile: String) throws -> String? {
        let fixture = try SpecFixture()
        try fixture.write(#"{"architectures": ["\#(architecture)"]}"#, to: "models/prm/config.json")
        try fixture.write(#"{"model": {"vocab": {"+": 1, "-": 2}}}"#, to: "models/prm/tokenizer.json")
        try fixture.writeJob(("kind: pocket", "kind: vllm"), ("token-classification", profile))
        let lines = fixture.fault().split(separator: "\n")
        return lines.count == 1 ? nil : lines.first.map(String.init)
    }

    @Test(
        "a profile that does not fit the checkpoint is an error that names the one that does",
        arguments: [
            ("Qwen2ForPrmModel", "token-classification", "use 'profile: skywork'"),
            ("Qwen2ForProcessRewardModel", "skywork", "use 'profile: qwen-prm'"),
            ("Qwen2ForTokenClassification", "judge", "use 'profile: token-classification'"),
            (
                "LlamaForSequenceClassification", "token-classification", "use 'profile: sequence-classification'"
            ),
            (
                "MistralForCausalLM", "qwen-prm",
                "use 'profile: math-shepherd' or 'profile: rlhflow' or 'profile: judge'"
            ),
            ("BertModel", "judge", "no profile matches"),
        ])
    func unfit(_ architecture: String, _ profile: String, _ remedy: String) throws {
        #expect(
            try fault(architecture, profile)
                == "job.yaml:6:17: error: models/prm is a \(architecture), which does not match the profile '\(profile)'; \(remedy)"
        )
    }

    @Test(
        "a profile that fits is no error",
        arguments: [
            ("Qwen2ForPrmModel", "skywork"), ("Qwen2ForPrmModel", #"{ name: skywork, step_token: "\n" }"#),
            ("Qwen2ForProcessRewardModel", "qwen-prm"), ("LlamaForTokenClassification", "token-classification"),
            ("LlamaForSequenceClassification", "sequence-classification"), ("MistralForCausalLM", "math-shepherd"),
            ("LlamaForCausalLM", "rlhflow"), ("Qwen2ForCausalLM", "judge"),
        ])
    func fit(_ architecture: String, _ profile: String) throws {
        #expect(try fault(architecture, profile) == nil)
    }
}

import Foundation
import Testing

// What users get wrong about PRMs, and what they are told.

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
            ],
            says: #"""
                job.yaml:6:68: error: 'step_token' applies only to the profile 'skywork'; remove it
                  prm: { model: models/prm, profile: { name: qwen-prm, step_token: "\n" }, overlong: truncate }
                                                                                   ^
                job.yaml:6:86: error: unknown overlong "truncate"; known: fail, window
                …: { name: qwen-prm, step_token: "\n" }, overlong: truncate }
                                                                   ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a profile without its name, and with a step token that YAML does not unescape",
            changes: [(#"profile: token-classification"#, #"profile: { step_token: '\n' }"#)],
            says: #"""
                job.yaml:6:38: error: missing key 'name' in profile
                  prm: { model: models/prm, profile: { step_token: '\n' } }
                                                     ^
                job.yaml:6:52: error: in single quotes, '\n' is a backslash and an n, not a line break; write 'step_token' in double quotes, such as "\n\n"
                  prm: { model: models/prm, profile: { step_token: '\n' } }
                                                                   ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a profile that the pocket engine cannot serve",
            changes: [(#"token-classification"#, #"judge"#)],
            says: #"""
                job.yaml:6:17: error: the profile 'judge' needs 'kind: vllm'; the pocket engine supports only 'token-classification'
                  prm: { model: models/prm, profile: judge }
                                ^
                1 error in job.yaml
                """#),
        BadCase(
            "overlong on a model that is no PRM",
            changes: [(#"models/draft }"#, #"models/draft, overlong: fail }"#)],
            says: #"""
                job.yaml:4:33: error: unknown key 'overlong' in draft; known keys: model, context, parameters, args, url, key_env, served
                  draft: { model: models/draft, overlong: fail }
                                                ^
                1 error in job.yaml
                """#),
        BadCase(
            "a tokenizer that does not say what '+' and '-' are",
            changes: [(#"kind: pocket"#, #"kind: vllm"#), (#"token-classification"#, #"math-shepherd"#)],
            says: #"""
                job.yaml:6:17: error: the tokenizer in models/prm has no tokens '+' and '-', which the PRMs of this profile need
                  prm: { model: models/prm, profile: math-shepherd }
                                ^
                1 error in job.yaml
                """#),
    ]
}

@Suite("A profile that is not for the checkpoint")
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
        "is an error that names the one that is",
        arguments: [
            ("Qwen2ForPrmModel", "token-classification", "use 'profile: skywork'"),
            ("Qwen2ForProcessRewardModel", "skywork", "use 'profile: qwen-prm'"),
            ("Qwen2ForTokenClassification", "judge", "use 'profile: token-classification'"),
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
        "and one that fits is none",
        arguments: [
            ("Qwen2ForPrmModel", "skywork"), ("Qwen2ForPrmModel", #"{ name: skywork, step_token: "\n" }"#),
            ("Qwen2ForProcessRewardModel", "qwen-prm"), ("LlamaForTokenClassification", "token-classification"),
            ("MistralForCausalLM", "math-shepherd"), ("LlamaForCausalLM", "rlhflow"), ("Qwen2ForCausalLM", "judge"),
        ])
    func fit(_ architecture: String, _ profile: String) throws {
        #expect(try fault(architecture, profile) == nil)
    }
}

import Decoding
import Foundation
import Testing

@testable import JobSpecs
@testable import ModelLifecycle
@testable import Runner

/// What each PRM profile makes of a tiny random checkpoint of its architecture on real vLLM, against a plain PyTorch
/// forward pass over the ids that the profile's definition gives (Tests/VLLMTests/reference/profiles.py).
@Suite(.onRealVLLM) struct ProfileTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            var question: String
            var steps: [String]
            var ids: [Int]
            var rewards: [Double]
        }
        var checkpoint: String
        var step_token: String?
        var cases: [Case]
    }

    @Test(
        "rewards agree with PyTorch",
        arguments: [
            ["skywork", "skywork-paper"], ["qwen-prm"], ["token-classification"], ["sequence-classification"],
            ["math-shepherd"], ["rlhflow"],
        ])
    func agreement(profiles: [String]) async throws {
        let goldens = try profiles.map { name in
            try JSONDecoder().decode(
                Golden.self, from: Data(contentsOf: URL(filePath: TestModels.path("golden/\(name).json"))))
        }
        let model = TestModels.path(goldens[0].checkpoint)
        let specs = zip(profiles, goldens).map { name, golden in
            Self.spec(name, model: model, stepToken: golden.step_token)
        }
        let scorers = try specs.map { try #require($0.scorer()) }
        try await ServedModel.with("prm", model, task: specs[0].task()) { served in
            let session = served.session()
            try await Canary(task: specs[0].task()).checkRepeatability(of: session.client)
            for (scorer, golden) in zip(scorers, goldens) {
                try #require(!golden.cases.isEmpty)
                for example in golden.cases {
                    let scored = try await scorer.ask(
                        Scoring(steps: example.steps, unscored: Array(example.steps.indices)),
                        about: ProblemPrompt(
                            question: example.question, form: .text(PromptTemplate.standard.render(example.question))),
                        of: session)
                    #expect(scored.promptTokens >= example.ids.count)
                    try #require(scored.rewards.count == example.rewards.count)
                    for (reward, golden) in zip(scored.rewards, example.rewards) {
                        #expect(abs(reward - golden) <= 1e-3, "\(profiles): \(example.question)")
                    }
                }
            }
        }
    }

    private static func spec(_ name: String, model: String, stepToken: String?) -> ModelSpec {
        let profile: PRMProfile =
            switch name {
            case "qwen-prm": .qwenPRM
            case "token-classification": .tokenClassification
            case "sequence-classification": .sequenceClassification
            case "math-shepherd": .mathShepherd
            case "rlhflow": .rlhflow
            default: .skywork(stepToken: stepToken ?? PRMProfile.standardStepToken)
            }
        return ModelSpec(model: model, profile: profile)
    }
}

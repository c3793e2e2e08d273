import Foundation
import ModelLifecycle
import Testing

@testable import Checkpoints
@testable import JobSpecs
@testable import Runner

/// What each profile asks of the engine that serves its model.
@Suite("The task of an engine for a PRM") struct ProfileTaskTests {
    private func setup(_ profile: PRMProfile, tokenizer: String? = nil) throws -> ScoringSetup? {
        let fixture = try SpecFixture()
        if let tokenizer { try fixture.write(tokenizer, to: "models/prm/tokenizer.json") }
        let model = ModelSpec(model: fixture.path("models/prm"), profile: profile)
        switch try model.task() {
        case .score(let setup): return setup
        case .generate: return nil
        }
    }

    @Test("token classifiers are served as they are")
    func tokenClassifier() throws {
        #expect(try setup(.tokenClassification) == ScoringSetup())
    }

    @Test("sequence classifiers give the sigmoid of a number for each token, whatever they were trained for")
    func sequenceClassifier() throws {
        let setup = try #require(try setup(.sequenceClassification))
        #expect(setup.convert == nil && setup.pooler == ["task": "\"token_classify\""])
        #expect(setup.overrides == ["problem_type": "\"multi_label_classification\""])
    }

    @Test("Qwen's PRM gives a row for each token")
    func qwen() throws {
        #expect(try setup(.qwenPRM) == ScoringSetup(pooler: ["pooling_type": "\"ALL\""]))
    }

    @Test("language models become classifiers of two tokens", arguments: [PRMProfile.mathShepherd, .rlhflow])
    func languageModel(_ profile: PRMProfile) throws {
        let setup = try #require(try setup(profile, tokenizer: #"{"model": {"vocab": {"▁+": 648, "▁-": 387}}}"#))
        #expect(setup.convert == "classify")
        #expect(setup.overrides["classifier_from_token"] == #"["▁-", "▁+"]"#)
        #expect(throws: ModelFilesError.self) { try self.setup(profile) }
    }

    @Test("a judge is a generator")
    func judge() throws {
        #expect(try setup(.judge) == nil)
    }

    @Test("Skywork brings its plugin")
    func skywork() throws {
        let plugin = try #require(try setup(.skywork(stepToken: "\n\n"))?.plugin)
        #expect(
            plugin.files.keys.sorted() == [
                "rsd_batch_skywork-1.0.dist-info/METADATA", "rsd_batch_skywork-1.0.dist-info/entry_points.txt",
                "rsd_batch_skywork/__init__.py", "rsd_batch_skywork/model.py",
            ])
        #expect(
            plugin.files["rsd_batch_skywork-1.0.dist-info/entry_points.txt"]
                == "[vllm.general_plugins]\nrsd_batch_skywork = rsd_batch_skywork:register\n")
        #expect(
            plugin.files["rsd_batch_skywork/__init__.py"]?.hasPrefix("\"\"\"Skywork-o1-Open-PRM for vLLM.\"\"\"\n")
                == true)
    }

    @Test("generators have no scorer")
    func generators() {
        #expect(ModelSpec(model: "/m").scorer() == nil)
    }
}

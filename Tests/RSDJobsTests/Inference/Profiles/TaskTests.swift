import Foundation
import ModelLifecycle
import Testing

@testable import Checkpoints
@testable import JobSpecs
@testable import Runner

/// What each profile asks of the engine that serves its model.
@Suite struct ProfileTaskTests {
    private func setup(_ profile: PRMProfile, tokenizer: String? = nil) throws -> ScoringSetup? {
        let fixture = try SpecFixture()
        if let tokenizer { try fixture.write(tokenizer, to: "models/prm/tokenizer.json") }
        let model = ModelSpec(model: fixture.path("models/prm"), profile: profile)
        switch try model.task() {
        case .score(let setup): return setup
        case .generate: return nil
        }
    }

    @Test func tokenClassifiersAreServedAsTheyAre() throws {
        #expect(try setup(.tokenClassification) == ScoringSetup())
    }

    @Test func qwenGivesARowForEachToken() throws {
        #expect(try setup(.qwenPRM) == ScoringSetup(pooler: ["pooling_type": "\"ALL\""]))
    }

    @Test(arguments: [PRMProfile.mathShepherd, .rlhflow])
    func languageModelsAreMadeClassifiersOfTwoTokens(_ profile: PRMProfile) throws {
        let setup = try #require(try setup(profile, tokenizer: #"{"model": {"vocab": {"▁+": 648, "▁-": 387}}}"#))
        #expect(setup.convert == "classify")
        #expect(setup.overrides["classifier_from_token"] == #"["▁-", "▁+"]"#)
        #expect(throws: ModelFilesError.self) { try self.setup(profile) }
    }

    @Test func aJudgeIsAGenerator() throws {
        #expect(try setup(.judge) == nil)
    }

    @Test func skyworkBringsItsPlugin() throws {
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

    @Test func generatorsHaveNoScorer() {
        #expect(ModelSpec(model: "/m").scorer == nil)
    }
}

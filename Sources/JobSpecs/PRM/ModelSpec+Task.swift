import Checkpoints
import ModelLifecycle

extension ModelSpec {
    /// The task of the model's engine.
    ///
    /// - Throws: ``ModelFilesError`` if a PRM's files lack what its profile needs.
    package func task() throws(ModelFilesError) -> EngineTask {
        switch profile {
        case nil, .judge: .generate
        case .tokenClassification: .score(ScoringSetup())
        // Whatever loss the checkpoint was trained with, the sigmoid of its number: vLLM's way to say it is the kind of problem.
        case .sequenceClassification:
            .score(
                ScoringSetup(
                    overrides: ["problem_type": #""multi_label_classification""#],
                    pooler: ["task": #""token_classify""#]))
        case .skywork: .score(ScoringSetup(plugin: .skywork))
        // Scores of all tokens, instead of vLLM's default of the tags alone, so that a missing row is noticed.
        case .qwenPRM: .score(ScoringSetup(pooler: ["pooling_type": #""ALL""#]))
        case .mathShepherd, .rlhflow: try TokenizerFiles.plusAndMinus(of: model).task
        }
    }
}

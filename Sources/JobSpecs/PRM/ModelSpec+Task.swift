import Checkpoints
import ModelLifecycle

extension ModelSpec {
    /// What the model's engine must know of its work.
    ///
    /// - Throws: ``ModelFilesError`` where a PRM's files do not tell what its profile needs.
    package func task() throws(ModelFilesError) -> EngineTask {
        switch profile {
        case nil, .judge: .generate
        case .tokenClassification: .score(ScoringSetup())
        case .skywork: .score(ScoringSetup(plugin: .skywork))
        // Scores of all tokens, and not of the tags alone as is vLLM's default here, so that a missing row is noticed.
        case .qwenPRM: .score(ScoringSetup(pooler: ["pooling_type": #""ALL""#]))
        case .mathShepherd, .rlhflow: try TokenizerFiles.plusAndMinus(of: model).task
        }
    }
}

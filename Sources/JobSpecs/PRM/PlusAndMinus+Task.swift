import Checkpoints
import ModelLifecycle

extension PlusAndMinus {
    /// A causal language model, served so that it says at each token how much likelier '+' is as the next token than '-':
    /// the softmax over the two, which is vLLM's way of making a classifier of two tokens of its vocabulary.
    package var task: EngineTask {
        .score(
            ScoringSetup(
                convert: "classify",
                overrides: [
                    "classifier_from_token": "[\(Self.json(minus)), \(Self.json(plus))]",
                    "method": #""from_2_way_softmax""#,
                ],
                pooler: ["task": #""token_classify""#]))
    }

    /// The tokens are a sign and perhaps `▁`: nothing that JSON would escape.
    private static func json(_ token: String) -> String { "\"\(token)\"" }
}

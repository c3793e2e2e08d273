import Checkpoints
import ModelLifecycle

extension PlusAndMinus {
    /// Serves a causal language model so that it returns, at each token, the probability of '+' against '-' as the next
    /// token: the softmax over the two, which is how vLLM makes a classifier of two tokens of the vocabulary.
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

    /// The tokens are a sign, possibly with `▁`, so JSON needs no escapes.
    private static func json(_ token: String) -> String { "\"\(token)\"" }
}

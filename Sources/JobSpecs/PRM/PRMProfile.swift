/// How a solution is formatted for a process reward model, and where its reward is read.
package enum PRMProfile: Sendable, Equatable {
    /// A token classifier with one label and a score per token; a step's reward is at its last token.
    case tokenClassification
    /// An outcome reward model, such as Skywork-Reward: a sequence classifier with one label. A step's reward is that of the response
    /// which ends with it.
    case sequenceClassification
    /// Skywork-o1-Open-PRM: a value head, read at the step token after each step.
    case skywork(stepToken: String)
    /// Qwen2.5-Math-PRM: two classes, read at the `<extra_0>` after each step.
    case qwenPRM
    /// Math-Shepherd: a language model's '+' against its '-' at the `ки` after each step.
    case mathShepherd
    /// RLHFlow's PRMs: a conversation of steps, and '+' against '-' as the next answer to each.
    case rlhflow
    /// An instruct model that rates steps with a digit, as in SpecReason (arXiv 2504.07891).
    case judge

    /// The profiles' names in a spec.
    package enum Name: String, Sendable, CaseIterable {
        case tokenClassification = "token-classification"
        case sequenceClassification = "sequence-classification"
        case skywork
        case qwenPRM = "qwen-prm"
        case mathShepherd = "math-shepherd"
        case rlhflow, judge
    }

    /// The end of a step in the RSD authors' code (`"\n\n"`); upstream's own is `"\n"`.
    static let standardStepToken = "\n\n"

    /// Whether the model generates its rewards as text, from an engine like a draft's or a target's.
    var writes: Bool { self == .judge }

    package var name: Name {
        switch self {
        case .tokenClassification: .tokenClassification
        case .sequenceClassification: .sequenceClassification
        case .skywork: .skywork
        case .qwenPRM: .qwenPRM
        case .mathShepherd: .mathShepherd
        case .rlhflow: .rlhflow
        case .judge: .judge
        }
    }
}

extension PRMProfile {
    /// Whether the reward is read at a mark after each step, so that a step without text has one too.
    ///
    /// `token-classification` reads it at the step's last token, an outcome reward model is shown the same response with and without
    /// such a step, and a judge needs text to rate.
    var judgesEmptySteps: Bool {
        switch self {
        case .skywork, .qwenPRM, .mathShepherd, .rlhflow: true
        case .tokenClassification, .sequenceClassification, .judge: false
        }
    }
}

extension PRMProfile {
    /// Whether the model reads the solution up to each step again, instead of all steps in one pass.
    package var readsStepsApart: Bool {
        switch self {
        case .sequenceClassification, .judge: true
        case .tokenClassification, .skywork, .qwenPRM, .mathShepherd, .rlhflow: false
        }
    }
}

extension PRMProfile.Name {
    /// Whether the profile is for checkpoints of this architecture (config.json's `architectures`).
    func fits(_ architecture: String) -> Bool {
        switch self {
        case .skywork: architecture == "Qwen2ForPrmModel"
        case .qwenPRM: architecture == "Qwen2ForProcessRewardModel"
        case .tokenClassification: architecture.hasSuffix("ForTokenClassification")
        case .sequenceClassification: architecture.hasSuffix("ForSequenceClassification")
        case .mathShepherd, .rlhflow: architecture.hasSuffix("ForCausalLM")
        case .judge:
            architecture.hasSuffix("ForCausalLM") || architecture.hasSuffix("ForConditionalGeneration")
        }
    }
}

/// How to handle a step that exceeds the PRM's context together with all steps before it.
package enum OverlongPolicy: String, Sendable, CaseIterable {
    /// The trajectory fails when the step's turn comes.
    case fail
    /// As few of the oldest steps as possible are left out; the question stays.
    case window
}

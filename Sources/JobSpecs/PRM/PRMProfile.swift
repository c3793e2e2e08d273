/// Named ways to put a solution before a process reward model.
package enum PRMProfile: Sendable, Equatable {
    /// One score a token from a token classifier with one label; a step's reward is at its last token.
    case tokenClassification
    /// Skywork-o1-Open-PRM: a value head, read at the step token that stands after each step.
    case skywork(stepToken: String)
    /// Qwen2.5-Math-PRM: two classes, read at the `<extra_0>` after each step.
    case qwenPRM
    /// Math-Shepherd: a language model's '+' against its '-' at the `ки` after each step.
    case mathShepherd
    /// RLHFlow's PRMs: a conversation of steps, and '+' against '-' as the next answer to each.
    case rlhflow
    /// An instruct model that is asked for a digit, as SpecReason does (arXiv 2504.07891).
    case judge

    /// The words for profiles in a spec.
    package enum Name: String, Sendable, CaseIterable {
        case tokenClassification = "token-classification"
        case skywork
        case qwenPRM = "qwen-prm"
        case mathShepherd = "math-shepherd"
        case rlhflow, judge
    }

    /// What the authors of reward-guided speculative decoding end a step with (`"\n\n"`); upstream's own is `"\n"`.
    static let standardStepToken = "\n\n"

    /// Whether the model gives its rewards in writing, from an engine that generates as a draft's or a target's does.
    var writes: Bool { self == .judge }

    package var name: Name {
        switch self {
        case .tokenClassification: .tokenClassification
        case .skywork: .skywork
        case .qwenPRM: .qwenPRM
        case .mathShepherd: .mathShepherd
        case .rlhflow: .rlhflow
        case .judge: .judge
        }
    }
}

extension PRMProfile {
    /// Whether the reward is read at a mark that follows each step, and so can be read where a step has no text.
    ///
    /// `token-classification` reads it at the step's last token, and a judge can only be shown what is there.
    var judgesEmptySteps: Bool {
        switch self {
        case .skywork, .qwenPRM, .mathShepherd, .rlhflow: true
        case .tokenClassification, .judge: false
        }
    }
}

extension PRMProfile.Name {
    /// Whether a checkpoint of this architecture (config.json's `architectures`) can be asked in this way.
    func fits(_ architecture: String) -> Bool {
        switch self {
        case .skywork: architecture == "Qwen2ForPrmModel"
        case .qwenPRM: architecture == "Qwen2ForProcessRewardModel"
        case .tokenClassification: architecture.hasSuffix("ForTokenClassification")
        case .mathShepherd, .rlhflow: architecture.hasSuffix("ForCausalLM")
        case .judge:
            architecture.hasSuffix("ForCausalLM") || architecture.hasSuffix("ForConditionalGeneration")
        }
    }
}

/// What becomes of a step that does not fit into the PRM's context together with all before it.
package enum OverlongPolicy: String, Sendable, CaseIterable {
    /// The trajectory fails when the step's turn comes.
    case fail
    /// The oldest steps are left out, as few as will do; the question stays.
    case window
}

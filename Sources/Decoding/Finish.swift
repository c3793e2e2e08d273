/// Why a trajectory ended. Only ``eos`` means that a model ended its response.
package enum Finish: String, Sendable, Codable {
    case eos
    /// The method ended it, because it has its answer.
    case answered
    case maxTokens = "max_tokens"
    case maxSteps = "max_steps"
    case context
    /// No candidate for the next step was good enough.
    case lowRewards = "low_rewards"
    case failed

    /// Whether the response is whole.
    package var isComplete: Bool { self == .eos || self == .answered }

    /// Whether a limit ended the response. Its answer, if any, may still be right.
    package var isCut: Bool { self == .maxTokens || self == .maxSteps || self == .context || self == .lowRewards }
}

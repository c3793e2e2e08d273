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
    /// The method stopped a model that repeats itself.
    case repetition
    case failed

    /// Whether the response is whole.
    package var isComplete: Bool { self == .eos || self == .answered }

    /// Whether the response ended before its model or its method was done. Its answer, if any, may still be right.
    package var isCut: Bool { !isComplete && self != .failed }
}

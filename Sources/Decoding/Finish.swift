/// Why a trajectory is over. Only ``eos`` means that a model ended its answer.
package enum Finish: String, Sendable, Codable {
    case eos
    case maxTokens = "max_tokens"
    case maxSteps = "max_steps"
    case context
    case failed

    /// Whether a limit ended the response. Its answer may be right where there is one.
    package var isCut: Bool { self == .maxTokens || self == .maxSteps || self == .context }
}

import Support

/// How the text of a step ended.
package enum StepEnd: String, Sendable, Codable {
    /// With the delimiter; the response may continue.
    case delimiter
    /// The model ended the response.
    case eos
    /// At the token limit of the response.
    case maxTokens = "max_tokens"
    /// At the end of the model's context.
    case context
}

/// A step of a response: text up to and including the delimiter, or up to the end.
package struct Step: Sendable, Equatable, Codable {
    package var text: String
    /// The model that wrote it: ``Role/draft`` or ``Role/target``.
    package var origin: Role
    /// The PRM's reward in 0…1, or nil if it was never scored.
    @Nulled package var reward: Double?
    /// Number of oldest steps that the PRM did not see for this reward, because its context was too short; nil if it
    /// saw all.
    package var dropped: Int?
    /// The draft step that this step of the target replaced.
    package var rejected: RejectedStep? {
        get { replaced?.step }
        set { replaced = newValue.map { Replaced(step: $0) } }
    }
    /// Most steps have none: it takes no room in them.
    private var replaced: Replaced?
    /// The other candidates for this step, in a method that chooses between candidates.
    package var alternatives: [Alternative]?

    package init(
        text: String, origin: Role, reward: Double? = nil, dropped: Int? = nil, rejected: RejectedStep? = nil,
        alternatives: [Alternative]? = nil
    ) {
        self.alternatives = alternatives
        self.text = text
        self.origin = origin
        self.reward = reward
        self.dropped = dropped
        replaced = rejected.map { Replaced(step: $0) }
    }

    private enum CodingKeys: String, CodingKey {
        case text, origin, reward, dropped, alternatives
        case replaced = "rejected"
    }

    private final class Replaced: Sendable, Equatable, Codable {
        let step: RejectedStep

        init(step: RejectedStep) { self.step = step }
        init(from decoder: any Decoder) throws { step = try RejectedStep(from: decoder) }
        func encode(to encoder: any Encoder) throws { try step.encode(to: encoder) }

        static func == (left: Replaced, right: Replaced) -> Bool { left.step == right.step }
    }
}

/// A draft step that was judged against the threshold and rejected.
package struct RejectedStep: Sendable, Equatable, Codable {
    package var text: String
    package var reward: Double
    /// See ``Step/dropped``.
    package var dropped: Int?

    package init(text: String, reward: Double, dropped: Int? = nil) {
        self.text = text
        self.reward = reward
        self.dropped = dropped
    }
}

/// A candidate for a step that was not chosen.
package struct Alternative: Sendable, Equatable, Codable {
    package var text: String
    /// The PRM's reward in 0…1, or nil without one.
    package var reward: Double?

    package init(text: String, reward: Double? = nil) {
        self.text = text
        self.reward = reward
    }
}

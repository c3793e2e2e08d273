/// How the text of a step came to its end.
package enum StepEnd: String, Sendable, Codable {
    /// The delimiter was written; the response may go on.
    case delimiter
    /// The model ended the response.
    case eos
    /// The token limit of the response cut it.
    case maxTokens = "max_tokens"
    /// The model's context was full.
    case context
}

/// A step of the response: text up to and including the delimiter, or up to the end.
package struct Step: Sendable, Equatable, Codable {
    package var text: String
    /// The model that wrote it: ``Role/draft`` or ``Role/target``.
    package var origin: Role
    /// The PRM's reward in 0…1, or nil where it was never scored.
    package var reward: Double?
    /// How many of the oldest steps the PRM did not see for this reward, because its context was too short for them; nil
    /// where it saw all.
    package var dropped: Int?
    /// The draft step that this step of the target replaced.
    package var rejected: RejectedStep?
    /// The other candidates for this step, of a method that chooses between some.
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
        self.rejected = rejected
    }

    private enum CodingKeys: String, CodingKey { case text, origin, reward, dropped, rejected, alternatives }

    /// Writes a missing reward as null: "never scored" is a fact of its own.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(text, forKey: .text)
        try object.encode(origin, forKey: .origin)
        try object.encode(reward, forKey: .reward)
        try object.encodeIfPresent(dropped, forKey: .dropped)
        try object.encodeIfPresent(rejected, forKey: .rejected)
        try object.encodeIfPresent(alternatives, forKey: .alternatives)
    }
}

/// A draft step that was put to the threshold and fell.
package struct RejectedStep: Sendable, Equatable, Codable {
    package var text: String
    package var reward: Double
    /// As ``Step/dropped``.
    package var dropped: Int?

    package init(text: String, reward: Double, dropped: Int? = nil) {
        self.text = text
        self.reward = reward
        self.dropped = dropped
    }
}

/// A step that could have been taken in place of another.
package struct Alternative: Sendable, Equatable, Codable {
    package var text: String
    /// The PRM's reward in 0…1, or nil where it has none.
    package var reward: Double?

    package init(text: String, reward: Double? = nil) {
        self.text = text
        self.reward = reward
    }
}

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
    /// Tokens of it, counted by its writer. Not in the results, and no part of what steps are compared by.
    @Apart var tokens: Int32 = 0
    /// The PRM's reward in 0…1, or nil if it was never scored.
    @Nulled package var reward: Double?
    /// Number of oldest steps that the PRM did not see for this reward, because its context was too short; nil if it
    /// saw all.
    package var dropped: Int? {
        get { droppedSteps.map(Int.init) }
        set { droppedSteps = newValue.map(Int32.init(clamping:)) }
    }
    private var droppedSteps: Int32?
    /// The draft step that this step of the target replaced.
    package var rejected: RejectedStep? {
        get { more?.rejected }
        set { more = More(rejected: newValue, value: value) }
    }
    /// What was compared with the method's threshold, if it was not the reward.
    package var value: Double? {
        get { more?.value }
        set { more = More(rejected: rejected, value: newValue) }
    }
    /// Most steps have nothing of it: it takes no room in them.
    private var more: More?
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
        droppedSteps = dropped.map(Int32.init(clamping:))
        more = More(rejected: rejected, value: nil)
    }

    private enum CodingKeys: String, CodingKey {
        case text, origin, reward, dropped, rejected, value, alternatives
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            text: try fields.decode(String.self, forKey: .text), origin: try fields.decode(Role.self, forKey: .origin),
            reward: try fields.decodeIfPresent(Double.self, forKey: .reward),
            dropped: try fields.decodeIfPresent(Int.self, forKey: .dropped),
            rejected: try fields.decodeIfPresent(RejectedStep.self, forKey: .rejected),
            alternatives: try fields.decodeIfPresent([Alternative].self, forKey: .alternatives))
        if let value = try fields.decodeIfPresent(Double.self, forKey: .value) { self.value = value }
    }

    package func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("alternatives", ifAny: alternatives)
            try $0.add("dropped", ifAny: dropped)
            try $0.add("origin", origin.rawValue)
            try $0.add("rejected", ifAny: rejected)
            try $0.add("reward", orNull: reward)
            try $0.add("text", text)
            try $0.add("value", ifAny: value)
        }
    }

    private final class More: Sendable, Equatable {
        let rejected: RejectedStep?
        let value: Double?

        init?(rejected: RejectedStep?, value: Double?) {
            if rejected == nil, value == nil { return nil }
            self.rejected = rejected
            self.value = value
        }

        static func == (left: More, right: More) -> Bool {
            left.rejected == right.rejected && left.value == right.value
        }
    }
}

/// A number that equal values may differ in.
@propertyWrapper
struct Apart: Sendable, Equatable {
    var wrappedValue: Int32

    static func == (left: Apart, right: Apart) -> Bool { true }
}

/// A draft step that was judged against the threshold and rejected.
package struct RejectedStep: Sendable, Equatable, Codable {
    package var text: String
    package var reward: Double
    /// See ``Step/dropped``.
    package var dropped: Int?
    /// See ``Step/value``.
    package var value: Double?

    package init(text: String, reward: Double, dropped: Int? = nil, value: Double? = nil) {
        self.value = value
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

/// What a job would take, before anything is paid for it.
public struct JobPlan: Sendable, Equatable, Encodable {
    public var job: String
    public var methods: Int
    public var problems: Int
    public var trajectories: Int
    public var models: [Model]
    public var residency: ResidencyKind
    /// Why, where the job leaves it to the program, or what could not be known.
    public var reason: String?
    public var groups: [Group]
    /// What the figures rest on, a sentence each.
    public var basis: [String]
    public var figures: [Figure]
    /// Where the time goes, the most first.
    public var costs: [Cost]

    /// One that some method asks.
    public struct Model: Sendable, Equatable, Encodable {
        public var role: Role
        /// Weights that a token meets; nil where they are not known.
        public var parameters: Int?
        /// Where that is known from, or why it is not.
        public var parametersFrom: String?
        /// Bytes, loaded.
        public var weights: Int
        /// Bytes of KV cache for one request of the greatest length.
        public var cache: Int

        private enum CodingKeys: String, CodingKey {
            case role, parameters, weights, cache
            case parametersFrom = "parameters_from"
        }
    }

    /// Models that are up together.
    public struct Group: Sendable, Equatable, Encodable {
        public var roles: [Role]
        /// Bytes without which they would not start: weights, engines, a cache for one request each.
        public var need: Int
        /// Bytes that can be had; nil where that is not known.
        public var budget: Int?
    }

    public struct Figure: Sendable, Equatable, Encodable {
        public var name: Name
        public var range: PlanRange
    }

    /// A part of the time that is to be expected.
    public struct Cost: Sendable, Equatable, Encodable {
        public var what: String
        public var seconds: Double
        /// In 0…1.
        public var share: Double
    }

    /// What a figure counts; encoded as its words.
    public enum Name: Sendable, Hashable {
        case waves, requests, sharedAnswers, starts, wakes, swaps
        case tokensWritten(Role), tokensRead(Role), busy(Role)
        case loading, total
    }
}

extension JobPlan.Name: Encodable {
    public enum Unit: Sendable { case count, tokens, seconds }

    public var unit: Unit {
        switch self {
        case .waves, .requests, .sharedAnswers, .starts, .wakes, .swaps: .count
        case .tokensWritten, .tokensRead: .tokens
        case .busy, .loading, .total: .seconds
        }
    }

    /// As tables have it.
    public var words: String {
        switch self {
        case .waves: "waves"
        case .requests: "requests"
        case .sharedAnswers: "answers shared"
        case .starts: "engine starts"
        case .wakes: "engines woken"
        case .swaps: "swaps"
        case .tokensWritten(let role): "\(role.rawValue) tokens written"
        case .tokensRead(let role): "\(role.rawValue) tokens read"
        case .busy(let role): "\(role.rawValue) at work"
        case .loading: "loading"
        case .total: "in all"
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(words)
    }
}

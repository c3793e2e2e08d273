import Support
import Decoding
import JobSpecs

/// What a job would take, before anything is paid for it.
package struct JobPlan: Sendable, Equatable, Encodable {
    package var job: String
    package var methods: Int
    package var problems: Int
    package var trajectories: Int
    package var models: [Model]
    package var residency: ResidencyKind
    /// Why, where the job leaves it to the program, or what could not be known.
    package var reason: String?
    package var groups: [Group]
    /// What the figures rest on, a sentence each.
    package var basis: [String]
    package var figures: [Figure]
    /// Where the time goes, the most first.
    package var costs: [Cost]

    /// One that some method asks, on an engine of its own.
    package struct Model: Sendable, Equatable, Encodable {
        /// The one that the engine is named after.
        package var role: Role
        /// Others that it has, by the same weights; nil where there are none.
        package var also: [Role]?
        /// Weights that a token meets; nil where they are not known.
        package var parameters: Int?
        /// Where that is known from, or why it is not.
        package var parametersFrom: String?
        /// Bytes, loaded.
        package var weights: Int
        /// Bytes of KV cache for one request of the greatest length.
        package var cache: Int

        private enum CodingKeys: String, CodingKey {
            case role, also, parameters, weights, cache
            case parametersFrom = "parameters_from"
        }
    }

    /// Engines that are up together.
    package struct Group: Sendable, Equatable, Encodable {
        /// Those that the engines serve.
        package var roles: [Role]
        /// Bytes without which they would not start: weights, engines, a cache for one request each.
        package var need: Int
        /// Bytes that can be had; nil where that is not known.
        package var budget: Int?
    }

    package struct Figure: Sendable, Equatable, Encodable {
        package var name: Name
        package var range: PlanRange
    }

    /// A part of the time that is to be expected.
    package struct Cost: Sendable, Equatable, Encodable {
        package var what: String
        package var seconds: Double
        /// In 0…1.
        package var share: Double
    }

    /// What a figure counts; encoded as its words.
    package enum Name: Sendable, Hashable {
        case waves, requests, sharedAnswers, starts, wakes, swaps
        case tokensWritten(Role), tokensRead(Role), busy(EngineID)
        case loading, total
    }
}

extension JobPlan.Name: Encodable {
    package enum Unit: Sendable { case count, tokens, seconds }

    package var unit: Unit {
        switch self {
        case .waves, .requests, .sharedAnswers, .starts, .wakes, .swaps: .count
        case .tokensWritten, .tokensRead: .tokens
        case .busy, .loading, .total: .seconds
        }
    }

    /// As tables have it.
    package var words: String {
        switch self {
        case .waves: "waves"
        case .requests: "requests"
        case .sharedAnswers: "answers shared"
        case .starts: "engine starts"
        case .wakes: "engines woken"
        case .swaps: "swaps"
        case .tokensWritten(let role): "\(role.rawValue) tokens written"
        case .tokensRead(let role): "\(role.rawValue) tokens read"
        case .busy(let engine): "\(engine) at work"
        case .loading: "loading"
        case .total: "in all"
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(words)
    }
}

import Support
import Decoding
import JobSpecs

/// The estimated cost of a job.
package struct JobPlan: Sendable, Equatable, Encodable {
    package var job: String
    package var methods: Int
    package var problems: Int
    package var trajectories: Int
    package var models: [Model]
    /// GPUs that a machine must have for it; nil if its engines use none, or run elsewhere.
    package var gpus: Int?
    package var residency: ResidencyKind
    /// The reason for the program's choice, or what could not be determined.
    package var reason: String?
    package var groups: [Group]
    /// The basis of the figures, one sentence each.
    package var basis: [String]
    package var figures: [Figure]
    /// Costs in time, largest first.
    package var costs: [Cost]
    /// nil if engines do not take turns, or no wave has few trajectories.
    package var tail: Tail? = nil

    /// A model that some method uses, on an engine of its own.
    package struct Model: Sendable, Equatable, Encodable {
        /// The role that the engine is named after.
        package var role: Role
        /// Other roles with the same weights; nil if there are none.
        package var also: [Role]?
        /// Weights per token; nil if unknown.
        package var parameters: Int?
        /// The source of that number, or why it is unknown.
        package var parametersFrom: String?
        /// Bytes of the loaded weights, on each of its GPUs.
        package var weights: Int
        /// Bytes of KV cache for one request of maximum length, on each of its GPUs.
        package var cache: Int
        /// GPUs over which it is spread; nil for one.
        package var gpus: Int?

        private enum CodingKeys: String, CodingKey {
            case role, also, parameters, weights, cache, gpus
            case parametersFrom = "parameters_from"
        }
    }

    /// Engines that are up together.
    package struct Group: Sendable, Equatable, Encodable {
        /// The roles that the engines serve.
        package var roles: [Role]
        /// Minimum bytes with which the engines start: weights, engines, a cache for one request each.
        package var need: Int
        /// Available bytes; nil if unknown.
        package var budget: Int?
    }

    /// The last waves of the expected run, which work on few trajectories.
    package struct Tail: Sendable, Equatable, Encodable {
        /// The most trajectories in any of them.
        package var trajectories: Int
        package var firstWave: Int
        package var lastWave: Int
        /// If engines take turns to the end.
        package var inTurns: Loading
        /// If all engines are up together for so many trajectories; nil if it cannot be shown that they fit.
        package var together: Loading?
        /// Whether the run will have them up together.
        package var isTogether: Bool

        private enum CodingKeys: String, CodingKey {
            case trajectories
            case firstWave = "first_wave"
            case lastWave = "last_wave"
            case inTurns = "in_turns"
            case together
            case isTogether = "is_together"
        }

        /// Starts and wake-ups of engines from the first of these waves on.
        package struct Loading: Sendable, Equatable, Encodable {
            package var starts: Int
            package var wakes: Int
            package var seconds: Double
            /// Share of the run's whole time, in 0…1.
            package var share: Double
        }
    }

    package struct Figure: Sendable, Equatable, Encodable {
        package var name: Name
        package var range: PlanRange
    }

    /// A part of the expected time.
    package struct Cost: Sendable, Equatable, Encodable {
        package var what: String
        package var seconds: Double
        /// Share of the total, in 0…1.
        package var share: Double
    }

    /// The name of a figure; encoded as its words.
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

    /// The name in tables.
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

@testable import Decoding
@testable import Methods

extension Limits {
    static let roomy = Limits(delimiter: "\n\n", maxTokens: 1_000, maxSteps: 100)
}

extension Trajectory {
    /// A trajectory that accepts steps from 0.5 on.
    static func rewardGuided(lookahead: Lookahead = .all, limits: Limits = .roomy) -> Trajectory {
        let id = TrajectoryID(method: "rsd", dataset: "d", problem: "p")
        return Trajectory(
            id: id, limits: limits,
            method: RewardGuided(
                weighting: .binaryStep(threshold: 0.5), lookahead: lookahead,
                draw: Draw(runSeed: 0, trajectory: id)))
    }

    static func singleModel(_ role: Role, limits: Limits = .roomy) -> Trajectory {
        Trajectory(
            id: TrajectoryID(method: "single", dataset: "d", problem: "p"), limits: limits,
            method: SingleModel(role: role))
    }

    mutating func apply(_ events: [Event]) throws {
        for event in events { try apply(event) }
    }
}

extension Event {
    /// An answer of a model that writes: one token a byte, and one for an end without text.
    static func wrote(_ role: Role, _ texts: [String], _ end: StepEnd) -> Event {
        let steps = texts.map { StepText(text: $0, tokens: max(1, $0.utf8.count)) }
        return .generated(Generated(role: role, steps: steps, end: end, promptTokens: 0))
    }

    static func drafted(_ texts: String..., end: StepEnd) -> Event { .wrote(.draft, texts, end) }

    static func rewrote(_ texts: String..., end: StepEnd) -> Event { .wrote(.target, texts, end) }

    /// Rewards for steps of one token each.
    static func rewards(_ rewards: Double...) -> Event {
        .scored(Scored(rewards: rewards, tokens: rewards.map { _ in 1 }, promptTokens: 0))
    }
}

import Checkpoints
import Decoding
import JobSpecs

/// A way to put a solution before a process reward model, and to read its answer.
protocol PRMScorer: Sendable {
    /// What becomes of steps that do not fit into the model's context.
    var overlong: OverlongPolicy { get }

    /// Asks for the rewards of steps. That of a step is the one it would get if nothing followed it.
    ///
    /// - Throws: ``PermanentFailure`` where the first undecided step can have no reward, ``MalformedResponse`` where an answer contradicts
    ///   itself.
    func ask(_ wanted: Scoring, about problem: ProblemPrompt, of session: ModelSession) async throws -> Scored
}

extension ModelSpec {
    /// How this PRM is asked; nil for generators.
    var scorer: (any PRMScorer)? {
        guard let profile else { return nil }
        let overlong = overlong ?? .fail
        switch profile {
        case .tokenClassification: return TokenClassification(overlong: overlong)
        case .skywork(let stepToken):
            let beginning = TokenizerFiles.beginningToken(of: model)
            return Skywork(stepToken: stepToken, beginningToken: beginning, overlong: overlong)
        case .qwenPRM: return QwenPRM(overlong: overlong)
        case .mathShepherd: return MathShepherd(model: model, overlong: overlong)
        case .rlhflow: return RLHFlow(model: model, overlong: overlong)
        case .judge: return Judge(overlong: overlong)
        }
    }
}

/// Gathers what a PRM says of the steps that it was asked about, in their order.
struct ScoreSheet {
    private let undecided: Int
    private let contextLength: Int
    private var scored = Scored(rewards: [], tokens: [], promptTokens: 0)

    /// - Parameter contextLength: of the PRM.
    init(for wanted: Scoring, contextLength: Int) {
        undecided = wanted.undecided
        self.contextLength = contextLength
    }

    /// - Parameter tokens: that the PRM read in a pass.
    mutating func addPass(tokens: Int) { scored.promptTokens += tokens }

    /// - Parameters:
    ///   - tokens: of the step, in the PRM's count.
    ///   - dropped: oldest steps that the PRM did not see.
    /// - Throws: ``MalformedResponse`` where the reward is not in 0…1.
    static func checked(_ reward: Double) throws -> Double {
        guard (0...1).contains(reward) else {
            throw MalformedResponse(description: "the PRM gave a reward outside 0…1: \(reward)")
        }
        return reward
    }

    /// - Throws: ``MalformedResponse`` where the reward is not in 0…1.
    mutating func add(reward: Double, tokens: Int, dropped: Int) throws {
        let reward = try Self.checked(reward)
        scored.rewards.append(reward)
        scored.tokens.append(tokens)
        scored.dropped.append(dropped)
    }

    /// - Parameter step: one that does not fit into the PRM's context, by its index.
    /// - Throws: ``PermanentFailure`` where it is the one that is up for its verdict.
    mutating func addOverlong(_ step: Int) throws {
        guard step != undecided else {
            throw PermanentFailure(
                reason: "the solution up to step \(step + 1) is too long for the PRM, "
                    + "whose context holds \(contextLength) tokens")
        }
        scored.overlong.append(step)
    }

    var result: Scored {
        var scored = scored
        if scored.dropped.allSatisfy({ $0 == 0 }) { scored.dropped = [] }
        return scored
    }
}

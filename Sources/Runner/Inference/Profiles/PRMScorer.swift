import Checkpoints
import Decoding
import JobSpecs

/// A way to show a solution to a process reward model and to read its rewards.
protocol PRMScorer: Sendable {
    /// Treatment of steps that do not fit into the model's context.
    var overlong: OverlongPolicy { get }
    /// Whether the solution is a turn of a conversation, which the model's chat template renders.
    var showsConversation: Bool { get }

    /// Requests the rewards of steps. A step's reward is the one it would get if nothing followed it.
    ///
    /// - Throws: ``PermanentFailure`` if the first undecided step cannot have a reward, ``MalformedResponse`` if a response
    ///   contradicts itself.
    func ask(_ wanted: Scoring, about problem: ProblemPrompt, of session: ModelSession) async throws -> Scored
}

extension PRMScorer {
    var showsConversation: Bool { false }
}

extension ModelSpec {
    /// The scorer for this profile; nil for generators.
    ///
    /// - Parameter thinking: of the job.
    func scorer(thinking: ThinkingSpec? = nil) -> (any PRMScorer)? {
        guard let profile else { return nil }
        let overlong = overlong ?? .fail
        switch profile {
        case .tokenClassification: return TokenClassification(overlong: overlong)
        case .sequenceClassification: return SequenceClassification(overlong: overlong)
        case .skywork(let stepToken):
            let beginning = TokenizerFiles.beginningToken(of: model)
            return Skywork(stepToken: stepToken, beginningToken: beginning, overlong: overlong)
        case .qwenPRM: return QwenPRM(overlong: overlong)
        case .mathShepherd: return MathShepherd(model: model, overlong: overlong)
        case .rlhflow: return RLHFlow(model: model, overlong: overlong)
        case .judge: return Judge(overlong: overlong, thinking: thinking)
        }
    }
}

/// Collects the rewards of steps in order.
struct ScoreSheet {
    private let undecided: Int
    private let contextLength: Int
    private var scored = Scored(rewards: [], tokens: [], promptTokens: 0)

    /// - Parameter contextLength: of the PRM, in tokens.
    init(for wanted: Scoring, contextLength: Int) {
        undecided = wanted.undecided
        self.contextLength = contextLength
    }

    /// See ``Scored/isOnePass``.
    var isOnePass: Bool {
        get { scored.isOnePass }
        set { scored.isOnePass = newValue }
    }

    /// - Parameter tokens: number that the PRM read in a pass.
    mutating func addPass(tokens: Int) { scored.promptTokens += tokens }

    /// - Throws: ``MalformedResponse`` if the reward is not in 0…1.
    static func checked(_ reward: Double) throws -> Double {
        guard (0...1).contains(reward) else {
            throw MalformedResponse(description: "the PRM gave a reward outside 0…1: \(reward)")
        }
        return reward
    }

    /// - Parameters:
    ///   - tokens: number of tokens of the step, by the PRM's tokenizer.
    ///   - dropped: number of oldest steps that the PRM did not see.
    /// - Throws: ``MalformedResponse`` if the reward is not in 0…1.
    mutating func add(reward: Double, tokens: Int, dropped: Int) throws {
        let reward = try Self.checked(reward)
        scored.rewards.append(reward)
        scored.tokens.append(tokens)
        scored.dropped.append(dropped)
    }

    /// - Parameter step: index of a step that does not fit into the PRM's context.
    /// - Throws: ``PermanentFailure`` if it is the next one to be judged.
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

import Datasets
import Decoding
import Support

/// How the models treat a problem, as far as a plan needs it.
struct ProblemProfile: Sendable, Equatable {
    /// Steps of a solution.
    var steps: Double
    /// Tokens of a step, by each model's tokenizer.
    var stepTokens: [Role: Double]
    /// Tokens that each model reads besides the steps.
    var promptTokens: [Role: Int]
    /// Rewards of draft steps by position, each equally likely; the last position stands for all later ones.
    var rewards: [[Double]]
}

/// How the models treat a job's problems, from a profile or from assumptions.
struct WorkloadModel: Sendable {
    /// Problems that the profile has.
    var known: [ProblemName: ProblemProfile] = [:]
    /// Any other problem gets one of these.
    var usual: [ProblemProfile]
    /// Probability in 0…1 that a sampled step is the most likely one: identical steps are scored once.
    var sameness: Double
    /// Tokens of a prompt per byte, if ``usual`` has none.
    var tokensPerByte: Double

    /// - Parameters:
    ///   - promptBytes: bytes of the whole prompt.
    ///   - luck: seed for the choice among the usual ones.
    func problemProfile(of name: ProblemName, promptBytes: Int, luck: UInt64) -> ProblemProfile {
        if let problemProfile = known[name] { return problemProfile }
        var hash = StableHash()
        hash.combine(luck)
        hash.combine(name.dataset)
        hash.combine(name.problem)
        var problemProfile = usual[Int(hash.value % UInt64(usual.count))]
        for role in Role.allCases where problemProfile.promptTokens[role] == nil {
            problemProfile.promptTokens[role] = max(1, Int(Double(promptBytes) * tokensPerByte))
        }
        return problemProfile
    }
}

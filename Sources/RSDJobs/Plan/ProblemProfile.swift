import Datasets
import Decoding
import Support

/// How the models tend to treat a problem, as far as a plan must know it.
struct ProblemProfile: Sendable, Equatable {
    /// Steps of a solution.
    var steps: Double
    /// Tokens of a step, in the count of each model; the PRM's where it reads one.
    var stepTokens: [Role: Double]
    /// Tokens that each model reads beside the steps.
    var promptTokens: [Role: Int]
    /// Rewards that the PRM gives to draft steps, by the step's place, each as likely as another; the last place stands for all
    /// after it.
    var rewards: [[Double]]
}

/// What is known or taken for granted of how models treat a job's problems.
struct WorkloadModel: Sendable {
    /// Of problems that were seen.
    var known: [ProblemName: ProblemProfile] = [:]
    /// Of which any other problem gets one.
    var usual: [ProblemProfile]
    /// How likely a step that is drawn by chance is the likeliest one, in 0…1: equal steps are asked about once.
    var sameness: Double
    /// Tokens of a problem's prompt for each byte of it, where ``usual`` leaves them open.
    var tokensPerByte: Double

    /// - Parameters:
    ///   - promptBytes: of the problem with all that is put around it.
    ///   - luck: which of the usual ones a problem gets goes by this.
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

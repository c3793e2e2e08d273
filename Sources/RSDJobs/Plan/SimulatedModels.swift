import Datasets
import Decoding
import Foundation
import RunStore
import Runner
import Support

/// Responds in place of all models, as the workload model says: steps without meaning, with the number of steps, tokens and the
/// rewards that the real models might give. Equal requests get equal responses, as from engines.
struct SimulatedModels: Sendable {
    let workload: WorkloadModel
    let delimiter: String
    /// The job's temperature.
    let temperature: Double
    /// The text that ends thoughts, if it matters where they end: the PRM does not see them.
    var endOfThoughts: String?
    /// Whether the PRM reads the solution again for each step.
    var readsStepsApart = false
    /// Bytes of the prompt around a request.
    let promptBytes: @Sendable (ProblemName) -> Int
    /// Seed.
    let luck: UInt64

    /// Share of the steps of a solution that are thoughts.
    private static let thoughtShare = 0.8

    func answer(_ request: InferenceRequest) -> Event {
        let name = request.id.problemName
        let problemProfile = workload.problemProfile(of: name, promptBytes: promptBytes(name), luck: luck)
        return switch request.need {
        case .generate(let wanted): .generated(generated(wanted, request, problemProfile))
        case .score(let wanted): .scored(scored(wanted, name, problemProfile))
        case .likelihood(let wanted): .likelihood(likelihood(wanted, name, problemProfile))
        }
    }

    private func generated(_ wanted: Generation, _ request: InferenceRequest, _ problemProfile: ProblemProfile)
        -> Generated
    {
        let name = request.id.dataset + request.id.problem
        let length = Int((problemProfile.steps * (0.75 + 0.5 * chance(name, wanted.role.rawValue))).rounded())
        let mean = problemProfile.stepTokens[wanted.role] ?? 1
        let isSure = (wanted.sampling?.temperature ?? temperature) == 0
        let last = max(length, wanted.steps.count + 1) - 1
        var written = wanted.steps
        var steps: [StepText] = []
        var room = wanted.maxTokens
        var end = StepEnd.delimiter
        while room > 0, end == .delimiter, steps.isEmpty || !wanted.stopsAtDelimiter {
            let place = written.count
            let isUsual = isSure || chance(request.fingerprint.digest, "usual", place) < workload.sameness
            let before = [
                name, wanted.role.rawValue, isUsual ? "" : request.fingerprint.digest, written.last ?? "",
                String(place),
            ]
            let mark = before.joined(separator: "/")
            let tokens = max(1, Int((mean * (0.5 + chance(mark, "tokens"))).rounded()))
            end = tokens >= room ? .maxTokens : place >= last ? .eos : .delimiter
            let endsThoughts = place == max(0, Int(Double(last) * Self.thoughtShare) - 1)
            let text =
                MarkedStep(tokens: min(tokens, room), mark: mark).text + (endsThoughts ? endOfThoughts ?? "" : "")
                + (end == .delimiter ? delimiter : "")
            steps.append(StepText(text: text, tokens: min(tokens, room)))
            written.append(text)
            room -= tokens
        }
        if steps.isEmpty { (steps, end) = ([StepText(text: "", tokens: 0)], .maxTokens) }
        if wanted.detail > .text {
            for index in steps.indices {
                steps[index].likelihoods = likelihoods(
                    of: steps[index].tokens, name + steps[index].text)
            }
        }
        return Generated(
            role: wanted.role, steps: steps, end: end,
            promptTokens: read(wanted.steps, by: wanted.role, problemProfile),
            candidate: wanted.candidate)
    }

    /// What a model that writes reads of a solution.
    private func read(_ steps: [String], by role: Role, _ problemProfile: ProblemProfile) -> Int {
        steps.reduce(problemProfile.promptTokens[role] ?? 0) { $0 + MarkedStep.tokens(of: $1) }
    }

    private func likelihood(_ wanted: LikelihoodRequest, _ name: ProblemName, _ problemProfile: ProblemProfile)
        -> Likelihood
    {
        Likelihood(
            role: wanted.role,
            steps: wanted.steps[wanted.first...].map {
                likelihoods(of: MarkedStep.tokens(of: $0), name.dataset + name.problem + $0)
            }, promptTokens: read(wanted.steps, by: wanted.role, problemProfile), candidate: wanted.candidate)
    }

    /// A model finds a token likely more often than not, and draft and target find it equally likely.
    private func likelihoods(of tokens: Int, _ mark: String) -> TokenLikelihoods {
        let p = 0.5 + 0.5 * chance(mark, "likelihood")
        let row = [Float](repeating: Float(log(p)), count: tokens)
        return TokenLikelihoods(
            logprobs: row, entropies: row.map { _ in Float(1 - p) }, margins: row.map { _ in Float(2 * p - 1) })
    }

    private func scored(_ wanted: Scoring, _ name: ProblemName, _ problemProfile: ProblemProfile) -> Scored {
        let rewards = wanted.unscored.map { step in
            let rewards = problemProfile.rewards[min(step, problemProfile.rewards.count - 1)]
            let place = chance(name.dataset + name.problem, wanted.steps[step]) * Double(rewards.count)
            return rewards[Int(place)]
        }
        guard wanted.role == .prm else {
            return Scored(
                role: wanted.role, rewards: rewards.map { wanted.digit == .greedy ? ($0 * 9).rounded() / 9 : $0 },
                tokens: wanted.unscored.map { MarkedStep.tokens(of: wanted.steps[$0]) },
                promptTokens: read(wanted.steps, by: wanted.role, problemProfile) + TargetJudge.questionTokens,
                candidate: wanted.candidate)
        }
        let perStep = Int((problemProfile.stepTokens[.prm] ?? 1).rounded())
        let passes = readsStepsApart ? wanted.unscored.map { $0 + 1 } : [wanted.steps.count]
        return Scored(
            role: wanted.role,
            rewards: rewards,
            tokens: wanted.unscored.map { _ in perStep },
            promptTokens: passes.reduce(0) { $0 + (problemProfile.promptTokens[.prm] ?? 0) + perStep * $1 },
            isOnePass: perStep > 0 && !readsStepsApart, candidate: wanted.candidate)
    }

    /// A pseudo-random number in 0..<1.
    private func chance(_ key: String, _ purpose: String, _ number: Int = 0) -> Double {
        var hash = StableHash()
        hash.combine(luck)
        hash.combine(key)
        hash.combine(purpose)
        hash.combine(UInt64(number))
        return hash.uniform
    }
}

/// A step without meaning that encodes its number of tokens and depends on the text before it.
private struct MarkedStep {
    var text: String

    init(tokens: Int, mark: String) {
        text = "\(tokens) \(SHA256.hex(mark).prefix(16))"
    }

    static func tokens(of text: String) -> Int { text.split(separator: " ").first.flatMap { Int($0) } ?? 0 }
}

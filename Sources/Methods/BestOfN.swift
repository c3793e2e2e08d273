import Decoding
import SpecYAML

/// `best_of_n`: the draft writes n solutions, and the one with the best score from the PRM is taken.
struct BestOfN: MethodSettings {
    static let key = "best_of_n"
    static let keys = ["score"] + SampleSettings.keys

    /// How the rewards of the steps are combined into the score of the solution.
    enum Score: String, CaseIterable {
        case last, min, mean, product

        /// - Parameter rewards: of all steps, at least one.
        func of(_ rewards: [Double]) -> Double {
            switch self {
            case .last: rewards[rewards.count - 1]
            case .min: rewards.reduce(1) { Swift.min($0, $1) }
            case .mean: rewards.reduce(0, +) / Double(rewards.count)
            case .product: rewards.reduce(1, *)
            }
        }
    }

    let score: Score
    let samples: SampleSettings
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { [("score", score.rawValue)] + samples.yaml }

    init(score: Score, samples: SampleSettings) {
        self.score = score
        self.samples = samples
    }

    init?(_ section: SpecSection) {
        let score = section.value("score", default: Score.last) { $0.choice(of: Score.self) }
        guard let samples = SampleSettings(section) else { return nil }
        self.init(score: score, samples: samples)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        BestSample(
            score: score,
            samples: Samples(
                samples.n, by: .draft, sampling: samples.sampling, limits: common.limits,
                judgesEmptyEnd: common.judgesEmptyEnd))
    }
}

struct BestSample: DecodingMethod {
    private let score: BestOfN.Score
    private var samples: Samples
    /// Samples whose rewards are known, or that have no step to score.
    private var scored: Set<Int> = []

    init(score: BestOfN.Score, samples: Samples) {
        self.score = score
        self.samples = samples
    }

    /// A sample is scored as soon as it is written.
    func needs(for response: Response) -> [Need] {
        samples.needs
            + samples.responses.indices.filter { samples.responses[$0].finish != nil && !scored.contains($0) }.map {
                let sample = samples.responses[$0]
                return .score(Scoring(steps: sample.steps.map(\.text), unscored: sample.unscored, candidate: $0))
            }
    }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        switch (event, needs(for: response).first(where: event.answers)) {
        case (.generated(let answer), .generate):
            try samples.take(answer, counting: &response.tokens)
            let written = samples.responses[answer.candidate]
            if written.finish != nil, written.unscored.isEmpty { scored.insert(answer.candidate) }
        case (.scored(let answer), .score(let wanted)):
            let verdicts = try answer.verdicts(on: wanted)
            samples.setRewards(verdicts, of: answer.candidate)
            scored.insert(answer.candidate)
            response.tokens.prm.prompt += answer.promptTokens
            response.tokens.prm.judged += verdicts.values.reduce(0) { $0 + $1.tokens }
        default: throw UnexpectedEvent(description: "no sample waits for \(event)")
        }
        guard scored.count == samples.responses.count else { return }
        response.waves += 1
        let scores = samples.responses.map { sample -> Double? in
            // If a step was too long for the PRM, the sample has no score and ranks last.
            let rewards = sample.steps.compactMap(\.reward)
            return rewards.isEmpty || !sample.unscored.isEmpty ? nil : score.of(rewards)
        }
        let best = scores.indices.max { (scores[$0] ?? -1, -$0) < (scores[$1] ?? -1, -$1) } ?? 0
        samples.choose(best, scores: scores, for: &response)
    }
}

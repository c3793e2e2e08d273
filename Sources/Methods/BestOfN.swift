import Decoding
import SpecYAML

/// `best_of_n`: one model writes n solutions, the PRM scores them, and one is taken: the best, or the first with the answer that weighs
/// most (weighted best-of-n, Li et al., arXiv 2206.02336).
struct BestOfN: MethodSettings {
    static let key = "best_of_n"
    static let keys = [Writer.key, SolutionScore.key, FinalChoice.key] + SampleSettings.keys

    let writer: Writer
    let score: SolutionScore
    let choice: FinalChoice
    let samples: SampleSettings
    var roles: Set<Role> { [writer.role, .prm] }
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }

    /// Earlier runs know only `score` and the samples' settings.
    var yaml: [(key: String, value: String)] {
        (writer == .draft ? [] : [(Writer.key, writer.rawValue)]) + [(SolutionScore.key, score.rawValue)]
            + (choice == .best ? [] : [(FinalChoice.key, choice.rawValue)]) + samples.yaml
    }

    init(score: SolutionScore, choice: FinalChoice = .best, samples: SampleSettings, writer: Writer = .draft) {
        self.writer = writer
        self.score = score
        self.choice = choice
        self.samples = samples
    }

    init?(_ section: SpecSection) {
        let writer = Writer.read(section)
        let (score, choice) = (SolutionScore.read(section), FinalChoice.read(section))
        guard let samples = SampleSettings(section) else { return nil }
        self.init(score: score, choice: choice, samples: samples, writer: writer)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        BestSample(
            score: score, choice: choice,
            samples: Samples(
                samples.n, by: writer.role, sampling: samples.sampling, limits: common.limits,
                judgesEmptyEnd: common.judgesEmptyEnd))
    }
}

struct BestSample: DecodingMethod {
    private let score: SolutionScore
    private let choice: FinalChoice
    private var samples: Samples
    /// Samples whose rewards are known, or that have no step to score.
    private var scored: Set<Int> = []

    init(score: SolutionScore, choice: FinalChoice = .best, samples: Samples) {
        self.score = score
        self.choice = choice
        self.samples = samples
    }

    /// A sample is scored as soon as it is written.
    func needs(for response: Response) -> [Need] { samples.needs + samples.responses.indices.compactMap(scoring) }

    func needs(for response: Response, after candidate: Int) -> [Need] { [need(of: candidate)].compactMap(\.self) }

    private func need(of candidate: Int) -> Need? { samples.need(candidate) ?? scoring(candidate) }

    private func scoring(_ candidate: Int) -> Need? {
        guard samples.responses.indices.contains(candidate), !scored.contains(candidate) else { return nil }
        let sample = samples.responses[candidate]
        guard sample.finish != nil else { return nil }
        return .score(Scoring(steps: sample.steps.map(\.text), unscored: sample.unscored, candidate: candidate))
    }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        switch (event, need(of: event.candidate).flatMap { event.answers($0) ? $0 : nil }) {
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
        let scores = samples.responses.map { score.of($0) }
        let chosen = choice.index(among: samples.responses, scores: scores)
        response.choose(chosen, among: samples.responses, scores: scores, by: samples.role)
    }

    /// Waves count once they are over.
    func wave(of response: Response) -> Int { response.waves + 1 }
}

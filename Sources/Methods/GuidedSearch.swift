import Decoding
import SpecYAML

/// One or several searches side by side, and the choice among their solutions: `process_best_of_n`, `beam_search` and `dvts`.
struct GuidedSearch: DecodingMethod {
    private var searches: [StepSearch]
    /// nil if there is one solution.
    private let choice: FinalChoice?

    /// - Parameters:
    ///   - rules: of each search.
    ///   - count: number of searches.
    ///   - choice: nil for searches with one solution.
    init(
        _ rules: StepSearch.Rules, count: Int = 1, choice: FinalChoice? = nil, sampling: Sampling, limits: Limits,
        judgesEmptyEnd: Bool = false
    ) {
        self.choice = choice
        searches = (0..<count).map {
            StepSearch(
                rules, sampling: sampling, limits: limits, judgesEmptyEnd: judgesEmptyEnd,
                firstCandidate: $0 * rules.candidates)
        }
    }

    func needs(for response: Response) -> [Need] { searches.flatMap(\.needs) }

    func needs(for response: Response, after candidate: Int) -> [Need] { searches[search(of: candidate)].needs }

    private func search(of candidate: Int) -> Int { candidate / searches[0].rules.candidates }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        let index = search(of: event.candidate)
        guard searches.indices.contains(index) else {
            throw UnexpectedEvent(description: "no search waits for \(event)")
        }
        try searches[index].take(event, counting: &response.tokens)
        // No search waits for another.
        response.waves = searches.map(\.rounds).max() ?? 0
        guard searches.allSatisfy(\.isOver) else { return }
        let solutions = searches.flatMap(\.solutions)
        guard let choice else { return response.take(solutions[0].response, by: .draft) }
        let (responses, scores) = (solutions.map(\.response), solutions.map(\.score))
        response.choose(
            choice.index(among: responses, scores: scores), among: responses, scores: scores, by: .draft)
    }

    /// Waves count once they are over.
    func wave(of response: Response) -> Int { response.waves + 1 }
}

/// `process_best_of_n`: n candidates for each step; the PRM chooses one.
struct ProcessBestOfN: MethodSettings {
    static let key = "process_best_of_n"
    static let keys = SampleSettings.keys

    let samples: SampleSettings
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { samples.yaml }

    init(samples: SampleSettings) {
        self.samples = samples
    }

    init?(_ section: SpecSection) {
        guard let samples = SampleSettings(section) else { return nil }
        self.samples = samples
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        GuidedSearch(
            StepSearch.Rules(beams: 1, candidates: samples.n), sampling: samples.sampling, limits: common.limits,
            judgesEmptyEnd: common.judgesEmptyEnd)
    }
}

import Decoding
import SpecYAML

/// `beam_search`: n candidates per round over all beams.
struct BeamSearch: MethodSettings {
    static let key = "beam_search"
    static let keys = ["finished", "distinct"] + BeamSettings.keys

    let beams: BeamSettings
    /// What becomes of a finished beam; search-and-learn lets it leave (`src/sal/search/beam_search.py`).
    let finished: StepSearch.Finished
    /// search-and-learn's `filter_duplicates`.
    let isDistinct: Bool
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { beams.samples.sampling }
    var breadth: Int { beams.samples.n }

    /// Earlier runs know only `beams` and the samples' settings.
    var yaml: [(key: String, value: String)] {
        [("beams", String(beams.count))]
            + (beams.score == .last ? [] : [(SolutionScore.key, beams.score.rawValue)])
            + (beams.choice == .best ? [] : [(FinalChoice.key, beams.choice.rawValue)])
            + (finished == .stay ? [] : [("finished", finished.rawValue)])
            + (isDistinct ? [("distinct", "true")] : [])
            + beams.samples.yaml
    }

    init(beams: BeamSettings, finished: StepSearch.Finished = .stay, isDistinct: Bool = false) {
        self.beams = beams
        self.finished = finished
        self.isDistinct = isDistinct
    }

    init?(_ section: SpecSection) {
        let finished = section.value("finished", default: .stay) {
            $0.choice(of: StepSearch.Finished.self, called: "value of 'finished'")
        }
        let isDistinct = section.value("distinct", default: false) { $0.bool() }
        guard let beams = BeamSettings(section) else { return nil }
        self.init(beams: beams, finished: finished, isDistinct: isDistinct)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        let rules = StepSearch.Rules(
            beams: beams.count, candidates: beams.samples.n, score: beams.score, finished: finished,
            isDistinct: isDistinct)
        return GuidedSearch(
            rules, choice: beams.choice, sampling: beams.samples.sampling, limits: common.limits,
            judgesEmptyEnd: common.judgesEmptyEnd)
    }
}

/// Settings of searches with several beams.
struct BeamSettings: Sendable {
    static let keys = ["beams", "width", SolutionScore.key, FinalChoice.key] + SampleSettings.keys

    let count: Int
    let score: SolutionScore
    let choice: FinalChoice
    let samples: SampleSettings

    init(count: Int, score: SolutionScore = .last, choice: FinalChoice = .best, samples: SampleSettings) {
        self.count = count
        self.score = score
        self.choice = choice
        self.samples = samples
    }

    /// The number of beams is a setting, or follows from their `width`: the number of candidates of each.
    init?(_ section: SpecSection) {
        let (score, choice) = (SolutionScore.read(section), FinalChoice.read(section))
        guard let samples = SampleSettings(section) else { return nil }
        let n = samples.n
        if let field = section["width"] {
            guard section["beams"] == nil else {
                field.error("give either 'beams' or 'width', which is 'n' divided by 'beams'")
                return nil
            }
            guard let width: Int = field.integer(in: 2...SpecLimit.requests) else { return nil }
            guard n % width == 0 else {
                field.error("'n' must be a multiple of 'width', found \(n) candidates for a width of \(width)")
                return nil
            }
            self.init(count: n / width, score: score, choice: choice, samples: samples)
        } else {
            guard let field = section["beams"] else {
                section.log.error(at: section.mark, "missing key 'beams' or 'width' in \(section.name)")
                return nil
            }
            guard let beams: Int = field.integer(in: 1...SpecLimit.requests) else { return nil }
            guard n % beams == 0, n > beams else {
                field.error("'n' must be a multiple of 'beams' and larger, found \(n) candidates for \(beams) beams")
                return nil
            }
            self.init(count: beams, score: score, choice: choice, samples: samples)
        }
    }
}

import Decoding
import SpecYAML

/// `dvts`: diverse verifier tree search (Beeching, Tunstall and Rush, "Scaling test-time compute with open models", 2024). The beams do
/// not compete: each is a tree of its own, and the PRM chooses its next step among n / beams candidates.
struct DiverseTreeSearch: MethodSettings {
    static let key = "dvts"
    static let keys = ["until"] + BeamSettings.keys

    /// Where a tree ends.
    enum End: String, CaseIterable {
        /// With the step in which it has a boxed answer, or before that as any response (`src/sal/search/diverse_verifier_tree_search.py`).
        case answer
        /// As any response: the description in the authors' article.
        case eos
    }

    let trees: BeamSettings
    let end: End
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { trees.samples.sampling }
    var breadth: Int { trees.samples.n }
    var yaml: [(key: String, value: String)] {
        [
            ("beams", String(trees.count)), (SolutionScore.key, trees.score.rawValue),
            (FinalChoice.key, trees.choice.rawValue), ("until", end.rawValue),
        ] + trees.samples.yaml
    }

    init(trees: BeamSettings, end: End = .answer) {
        self.trees = trees
        self.end = end
    }

    init?(_ section: SpecSection) {
        let end = section.value("until", default: .answer) {
            $0.choice(of: End.self, called: "value of 'until'")
        }
        guard let trees = BeamSettings(section) else { return nil }
        self.init(trees: trees, end: end)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        let rules = StepSearch.Rules(
            beams: 1, candidates: trees.samples.n / trees.count, score: trees.score, endsAtAnswer: end == .answer,
            keepsLeaves: true)
        return GuidedSearch(
            rules, count: trees.count, choice: trees.choice, sampling: trees.samples.sampling, limits: common.limits,
            judgesEmptyEnd: common.judgesEmptyEnd)
    }
}

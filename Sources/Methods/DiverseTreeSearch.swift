import Decoding
import SpecYAML

/// `dvts`: diverse verifier tree search (Beeching, Tunstall and Rush, "Scaling test-time compute with open models", 2024). The beams do
/// not compete: each is a tree of its own, and the PRM chooses its next step among n / beams candidates.
struct DiverseTreeSearch: MethodSettings {
    static let key = "dvts"
    static let keys = [AnswerEnd.key] + BeamSettings.keys

    let trees: BeamSettings
    /// Where a tree ends: with its answer in the authors' code (`src/sal/search/diverse_verifier_tree_search.py`), as any response in
    /// their article.
    let end: AnswerEnd
    let roles: Set<Role> = [.draft, .prm]
    var sampling: Sampling? { trees.samples.sampling }
    var breadth: Int { trees.samples.n }
    var yaml: [(key: String, value: String)] {
        [
            ("beams", String(trees.count)), (SolutionScore.key, trees.score.rawValue),
            (FinalChoice.key, trees.choice.rawValue), (AnswerEnd.key, end.rawValue),
        ] + trees.samples.yaml
    }

    init(trees: BeamSettings, end: AnswerEnd = .answer) {
        self.trees = trees
        self.end = end
    }

    init?(_ section: SpecSection) {
        let end = AnswerEnd(section, default: .answer)
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

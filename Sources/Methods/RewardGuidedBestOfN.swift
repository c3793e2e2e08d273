import Decoding
import SpecYAML

/// `rsd_best_of_n`: reward-guided speculative decoding with n candidates for each step, drawn by their rewards. A baseline of
/// Guided Speculative Inference (arXiv 2506.04118, section 4; j-geuter/GSI, `run_reward_threshold_decoding`).
struct RewardGuidedBestOfN: MethodSettings {
    static let key = "rsd_best_of_n"
    static let keys = SoftChoice.keys + ["target_n", "threshold"]

    let targetCount: Int
    let soft: SoftChoice
    let threshold: Double
    let roles: Set<Role> = [.draft, .target, .prm]
    let drawsVerdicts = true
    var sampling: Sampling? { soft.samples.sampling }
    var breadth: Int { max(soft.samples.n, targetCount) }
    var yaml: [(key: String, value: String)] {
        soft.samples.yaml + [("target_n", String(targetCount)), ("threshold", threshold.plain)] + soft.yaml
    }

    init?(_ section: SpecSection) {
        guard let soft = SoftChoice(section) else { return nil }
        self.soft = soft
        targetCount = section.value("target_n", default: soft.samples.n) { $0.integer(in: 1...SpecLimit.requests) }
        threshold = section.value("threshold", default: Weighting.standardThreshold) { $0.number(in: 0...1) }
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        var rules = soft.rules(writer: .draft)
        rules.targetCount = targetCount
        rules.bar = StepCandidates.Bar(threshold: threshold, measure: .reward, includesThreshold: true)
        return StepCandidates(rules, judgesEmptyEnd: common.judgesEmptyEnd, draw: draw)
    }
}

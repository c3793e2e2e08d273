import Decoding
import SpecYAML

/// `gsi`: Guided Speculative Inference (arXiv 2506.04118; j-geuter/GSI, `run_reward_tilted_decoding`).
///
/// Where paper and code differ, the code counts: it accepts above the threshold, not at it, and ends a response whose candidates
/// are all bad. That it ends one with its answer is `until: answer`. The code's thresholds are β times these.
struct GuidedSpeculative: MethodSettings {
    static let key = "gsi"
    static let keys = SoftChoice.keys + ["target_n", "threshold", "threshold_on"]

    let targetCount: Int
    let soft: SoftChoice
    let bar: StepCandidates.Bar
    let roles: Set<Role> = [.draft, .target, .prm]
    let drawsVerdicts = true
    let details: [Role: Detail] = [.draft: .logprobs]
    var sampling: Sampling? { soft.samples.sampling }
    var thresholdScale: ThresholdScale { bar.measure == .tilted ? .tilted : .reward }
    var breadth: Int { max(soft.samples.n, targetCount) }
    var yaml: [(key: String, value: String)] {
        soft.samples.yaml + [("target_n", String(targetCount))] + soft.yaml
            + [("threshold", bar.threshold.plain), ("threshold_on", bar.measure.rawValue)]
    }

    init?(_ section: SpecSection) {
        guard let soft = SoftChoice(section) else { return nil }
        guard soft.beta > 0 else {
            section["beta"]?.error("'beta' must be more than 0 here, because likelihoods are weighed by 1/beta")
            return nil
        }
        self.soft = soft
        targetCount = section.value("target_n", default: soft.samples.n) { $0.integer(in: 1...SpecLimit.requests) }
        bar = StepCandidates.Bar(
            threshold: section.value("threshold", default: 0.5) { $0.number("a number", where: \.isFinite) },
            measure: section.value("threshold_on", default: .tilted) { $0.choice(of: StepCandidates.Bar.Measure.self) },
            includesThreshold: false)
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        var rules = soft.rules(writer: .draft)
        (rules.targetCount, rules.isTilted, rules.bar) = (targetCount, true, bar)
        return StepCandidates(rules, judgesEmptyEnd: common.judgesEmptyEnd, draw: draw)
    }
}

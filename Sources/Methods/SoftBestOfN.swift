import Decoding
import SpecYAML

/// `soft_best_of_n`: n candidates of one model for each step, one of which is drawn by its reward. A baseline of
/// Guided Speculative Inference (arXiv 2506.04118, section 4).
struct SoftBestOfN: MethodSettings {
    static let key = "soft_best_of_n"
    static let keys = ["model"] + SoftChoice.keys

    let model: Writer
    let soft: SoftChoice
    var roles: Set<Role> { [model.role, .prm] }
    let drawsVerdicts = true
    var sampling: Sampling? { soft.samples.sampling }
    var breadth: Int { soft.samples.n }
    var yaml: [(key: String, value: String)] { [("model", model.rawValue)] + soft.samples.yaml + soft.yaml }

    init?(_ section: SpecSection) {
        model = section.value("model", default: .draft) { $0.choice(of: Writer.self) }
        guard let soft = SoftChoice(section) else { return nil }
        self.soft = soft
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        StepCandidates(soft.rules(writer: model.role), judgesEmptyEnd: common.judgesEmptyEnd, draw: draw)
    }
}

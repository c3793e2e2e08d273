import Decoding
import SpecYAML

/// `soft_best_of_n`: n candidates of one model for each step, one of which is drawn by its reward. A baseline of
/// Guided Speculative Inference (arXiv 2506.04118, section 4).
struct SoftBestOfN: MethodSettings {
    static let key = "soft_best_of_n"
    static let keys = ["model"] + SampleSettings.keys + SoftChoice.keys

    let model: Writer
    let samples: SampleSettings
    let soft: SoftChoice
    var roles: Set<Role> { [model.role, .prm] }
    let drawsVerdicts = true
    var sampling: Sampling? { samples.sampling }
    var breadth: Int { samples.n }
    var yaml: [(key: String, value: String)] { [("model", model.rawValue)] + samples.yaml + soft.yaml }

    init?(_ section: SpecSection) {
        model = section.value("model", default: .draft) { $0.choice(of: Writer.self) }
        guard let samples = SampleSettings(section, atLeast: 1, standard: SoftChoice.sampling),
            let soft = SoftChoice(section)
        else {
            return nil
        }
        self.samples = samples
        self.soft = soft
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        StepCandidates(
            StepCandidates.Rules(
                writer: model.role, count: samples.n, sampling: samples.sampling, beta: soft.beta, floor: soft.floor),
            judgesEmptyEnd: common.judgesEmptyEnd, draw: draw)
    }
}

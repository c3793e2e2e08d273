import Decoding
import SpecYAML

/// Settings of methods that draw candidates by their rewards, with the defaults of Guided Speculative Inference.
struct SoftChoice: Sendable {
    static let keys = SampleSettings.keys + ["beta", "floor", AnswerEnd.key]

    let samples: SampleSettings
    let beta: Double
    let floor: Double
    let end: AnswerEnd

    init?(_ section: SpecSection) {
        let standard = Sampling(temperature: 0.7, topP: 1)
        guard let samples = SampleSettings(section, atLeast: 1, standard: standard) else { return nil }
        self.samples = samples
        beta = section.value("beta", default: 20) { $0.number("at least 0", where: { $0 >= 0 && $0.isFinite }) }
        floor = section.value("floor", default: 0.1) { $0.number(in: 0...1) }
        end = AnswerEnd(section, default: .eos)
    }

    /// Candidates for each step by one model, of which one is drawn.
    func rules(writer: Role) -> StepCandidates.Rules {
        StepCandidates.Rules(
            writer: writer, count: samples.n, sampling: samples.sampling, beta: beta, floor: floor,
            endsAtAnswer: end == .answer)
    }

    /// Without those of ``samples``.
    var yaml: [(key: String, value: String)] {
        // Earlier versions did not know it.
        [("beta", beta.plain), ("floor", floor.plain)] + (end == .eos ? [] : [(AnswerEnd.key, end.rawValue)])
    }
}

import Decoding
import SpecYAML

/// A decoding method in a job: its key, its settings, and its initial state.
package protocol MethodSettings: Sendable {
    /// The key in a spec, and the default name of the method.
    static var key: String { get }
    /// The settings that it takes. In a spec, each may be a list, which stands for a method per element.
    static var keys: [String] { get }
    /// The models that it needs.
    var roles: Set<Role> { get }
    /// How its requests are sampled, if its kind has settings of its own for that; otherwise nil.
    var sampling: Sampling? { get }
    /// Whether it draws verdicts on steps, so that samples may differ even at temperature 0.
    var drawsVerdicts: Bool { get }
    /// Number of solutions, or of candidates for a step, that a trajectory holds at a time.
    var breadth: Int { get }
    /// Its settings as in a spec, including defaults. Two methods are equal if these are, and a run is resumed only with equal methods: a
    /// setting that a later version adds is left out at its default.
    var yaml: [(key: String, value: String)] { get }

    /// Reads the settings; nil after a logged error.
    init?(_ section: SpecSection)

    /// The method's initial state for one trajectory.
    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod

    /// What its threshold is compared with, if it has one.
    var thresholdScale: ThresholdScale { get }

    /// What it needs to know of the tokens that models write, by model; only text where one is missing.
    var details: [Role: Detail] { get }

    /// Whether it splits longer text of a model into steps, as though each had been requested by itself.
    var looksAhead: Bool { get }
}

extension MethodSettings {
    package var sampling: Sampling? { nil }
    package var drawsVerdicts: Bool { false }
    package var breadth: Int { 1 }
    package var looksAhead: Bool { false }
    package var details: [Role: Detail] { [:] }
    package var thresholdScale: ThresholdScale { .reward }
}

import Decoding
import SpecYAML

/// A decoding method as a job names it: the word for it, its settings, and how it begins.
package protocol MethodSettings: Sendable {
    /// The word for it in a spec, and the method's name where it is given no other.
    static var key: String { get }
    /// The settings that it takes. Each may be a list in a spec, which then stands for a method for each of its elements.
    static var keys: [String] { get }
    /// The models that it needs.
    var roles: Set<Role> { get }
    /// How its requests are sampled; nil where it is as the job's `decoding` says.
    var sampling: Sampling? { get }
    /// Solutions, or candidates for a step, that a trajectory holds at a time.
    var breadth: Int { get }
    /// Its settings as a spec writes them, defaults filled in. Two methods are the same where these are.
    var yaml: [(key: String, value: String)] { get }

    /// Reads the settings; nil, after a message, where they make no method.
    init?(_ section: SpecSection)

    /// The method at its beginning, for one trajectory.
    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod

    /// Whether it takes steps from what a model wrote past them, as though the model had been asked for each by itself.
    var looksAhead: Bool { get }
}

extension MethodSettings {
    package var sampling: Sampling? { nil }
    package var breadth: Int { 1 }
    package var looksAhead: Bool { false }
}

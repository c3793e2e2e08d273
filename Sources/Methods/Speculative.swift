import Decoding
import SpecYAML

/// `speculative`: the target writes alone, with the draft as its speculator inside the engine (token-level speculative decoding,
/// Leviathan et al., arXiv 2211.17192). What is written is what the target would have written; the draft makes it sooner.
package struct Speculative: MethodSettings {
    package static let key = "speculative"
    package static let keys = ["tokens"]

    /// That the draft writes ahead at a time.
    package let tokens: Int
    package let roles: Set<Role> = [.speculative]
    package var yaml: [(key: String, value: String)] { [("tokens", String(tokens))] }

    init(tokens: Int) {
        self.tokens = tokens
    }

    /// The paper's baseline has 7.
    package init?(_ section: SpecSection) {
        tokens = section.value("tokens", default: 7) { $0.integer(in: 1...SpecLimit.requests) }
    }

    package func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod { SingleModel(role: .speculative) }
}

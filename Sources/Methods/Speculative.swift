import Decoding
import SpecYAML

/// `speculative`: the target writes, with the draft as its speculator inside the engine (token-level speculative
/// decoding, Leviathan et al., arXiv 2211.17192). The text is the same as the target's alone; the draft only makes it
/// faster.
package struct Speculative: MethodSettings {
    package static let key = "speculative"
    package static let keys = ["tokens"]

    /// Number of tokens that the draft proposes at a time.
    package let tokens: Int
    package let roles: Set<Role> = [.speculative]
    package var yaml: [(key: String, value: String)] { [("tokens", String(tokens))] }

    init(tokens: Int) {
        self.tokens = tokens
    }

    /// The default is 7, as in the paper's baseline.
    package init?(_ section: SpecSection) {
        tokens = section.value("tokens", default: 7) { $0.integer(in: 1...SpecLimit.requests) }
    }

    package func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod { SingleModel(role: .speculative) }
}

import Checkpoints
import Decoding

/// Whether the generators think before they answer, and how their thoughts are marked.
package enum ThinkingSpec: Sendable, Equatable {
    /// They do not: chat templates with a switch for it are rendered with thinking off.
    case off
    case marked(MarkedThinking)
}

/// Thoughts between two marks.
package struct MarkedThinking: Sendable, Equatable {
    package var begin: String
    package var end: String
    /// Of ``Role/draft`` and ``Role/target``, those whose prompts end within the thoughts.
    package var open: Set<Role>
    package var prm: View

    /// What the PRM sees of thoughts.
    package enum View: String, Sendable, CaseIterable {
        case shown, hidden
    }

    /// Where thoughts begin.
    package enum Start: String, Sendable, CaseIterable {
        /// The prompt ends with the begin.
        case prompt
        /// The model writes the begin.
        case response
    }

    package init(begin: String, end: String, open: Set<Role> = [], prm: View = .shown) {
        self.begin = begin
        self.end = end
        self.open = open
        self.prm = prm
    }
}

extension JobSpec {
    /// How the thoughts in the responses of some writers are marked; nil if nothing is known of them, or there are none.
    package func thoughts(of roles: Set<Role>) -> Thoughts? {
        guard case .marked(let marks) = thinking else { return nil }
        let writers = Set(roles.subtracting([.prm]).map { $0.models[0] })
        return Thoughts(
            begin: marks.begin, end: marks.end, areOpen: marks.open.isSuperset(of: writers),
            areHidden: marks.prm == .hidden)
    }
}

extension MarkedThinking {
    /// Known marks, the most usual first: of Qwen3, QwQ, the DeepSeek-R1 distillations and many more; of EXAONE Deep;
    /// Magistral; Kimi; Seed-OSS; and Sky-T1.
    package static let known = [
        MarkedThinking(begin: "<think>", end: "</think>"),
        MarkedThinking(begin: "<thought>", end: "</thought>"),
        MarkedThinking(begin: "[THINK]", end: "[/THINK]"),
        MarkedThinking(begin: "◁think▷", end: "◁/think▷"),
        MarkedThinking(begin: "<seed:think>", end: "</seed:think>"),
        MarkedThinking(begin: "<|begin_of_thought|>", end: "<|end_of_thought|>"),
    ]

    /// Whether a prompt ends within thoughts.
    package func isOpen(after prompt: some StringProtocol) -> Bool {
        Thoughts(begin: begin, end: end, areOpen: false).answer(in: String(prompt)) == nil
    }
}

extension JobSpec {
    /// Models whose tokenizers have a mark of thoughts among their special tokens, which engines leave out of texts.
    package var writersWithSpecialMarks: Set<Role> {
        guard case .marked(let marks) = thinking else { return [] }
        return Set([Role.draft, .target]).filter { role in
            guard let model = models[role] else { return false }
            let tokenizer = engine.args(for: model).last { $0.flag == "tokenizer" }?.value ?? model.model
            return !TokenizerFiles.specialTokens(of: tokenizer).isDisjoint(with: [marks.begin, marks.end])
        }
    }
}

import Checkpoints
import Decoding
import Support

extension LoadedJob {
    /// Whether thoughts are likely: the spec states them, a prompt begins them, or a chat template asks for them. Some models only
    /// have the template of others that think.
    package var thinks: Bool {
        guard case .marked(let marks) = spec.thinking else { return false }
        return !recognisesThinking || !marks.open.isEmpty || hasSwitch
    }

    /// Warnings about limits, if thoughts are likely.
    var thinkingWarnings: [String] {
        guard case .marked(let marks) = spec.thinking, thinks else { return [] }
        return ThinkingBudget(
            marks: marks, decoding: spec.decoding, models: spec.models, memories: models.mapValues(\.memory),
            roles: Set(spec.methods.flatMap { $0.kind.roles.flatMap(\.models) })
        ).warnings
    }
}

extension LoadedJob {
    /// Whether a chat template thinks unless a setting says otherwise, and none does.
    private var hasSwitch: Bool {
        [Role.draft, .target].contains { role in
            guard let model = spec.models[role] else { return false }
            return models[role]?.chatTemplate?.contains("enable_thinking") ?? false
                && spec.engine.args(for: model).allSatisfy { !EngineArgument.chatFlags.contains($0.flag) }
        }
    }
}

/// Warnings about limits that thoughts are likely to exceed.
struct ThinkingBudget {
    /// What a response with thoughts usually needs at least, in tokens and in steps. Reasoning models need a few thousand tokens
    /// for problems of MATH-500 and up to 32 k for competitions (DeepSeek-R1, arXiv 2501.12948; Qwen3, arXiv 2505.09388), and
    /// begin a paragraph about every 40 tokens.
    static let (usualTokens, usualSteps) = (8192, 200)

    let marks: MarkedThinking
    let decoding: DecodingSpec
    let models: [Role: ModelSpec]
    let memories: [Role: CheckpointMemory]
    let roles: Set<Role>

    var warnings: [String] {
        [budget, prm].compactMap(\.self) + [Role.draft, .target].filter(roles.contains).compactMap(context)
    }

    private func context(of role: Role) -> Int? { models[role]?.context ?? memories[role]?.contextLength }

    private var budget: String? {
        let isShort = [
            decoding.maxTokens < Self.usualTokens ? "\(decoding.tokens.key): \(decoding.maxTokens)" : nil,
            decoding.maxSteps < Self.usualSteps ? "max_steps: \(decoding.maxSteps)" : nil,
        ].compactMap(\.self)
        guard !isShort.isEmpty else { return nil }
        return
            "the models think before they answer, and with \(isShort.joined(separator: " and ")) many responses are likely to be "
            + "cut within their thoughts, without an answer; models that think usually need 8,192 to 32,768 tokens and hundreds "
            + "of steps"
    }

    private func context(_ role: Role) -> String? {
        guard let context = context(of: role), decoding.maxTokens >= context else { return nil }
        return
            "\(decoding.tokens.key) is \(decoding.maxTokens), but the context of the \(role.rawValue) holds only \(context) tokens "
            + "of prompt and response; longer responses are cut there"
    }

    private var prm: String? {
        guard roles.contains(.prm), marks.prm == .shown, models[.prm]?.overlong == .fail,
            let context = context(of: .prm),
            context < decoding.maxTokens
        else { return nil }
        return
            "the PRM sees the thoughts, and its context holds \(context) tokens, less than \(decoding.tokens.key): longer solutions "
            + "fail. Set thinking: { prm: hidden }, or 'overlong: window' for the PRM"
    }
}

import Decoding
import SpecYAML
import Support

extension DecodingSpec {
    package static let keys = [
        "delimiter", "max_tokens", "max_tokens_per_call", "max_steps", "temperature", "top_p", "lookahead",
    ]

    /// The defaults, if the models' contexts are long enough.
    package static let standard = DecodingSpec(
        delimiter: "\n\n", tokens: DecodingRules.current.standardLimit(context: nil), maxSteps: 100, temperature: 0,
        topP: 1, lookahead: .auto)

    init?(field: SpecField) {
        guard let section = SpecSection(field, "decoding", keys: Self.keys) else { return nil }
        self = .standard
        delimiter = section.value("delimiter", default: delimiter) { field in
            guard let text = field.word() else { return nil }
            return field.checkEscapes(strictly: true) ? text : nil
        }
        tokens = section.value("max_tokens", default: tokens) {
            $0.integer(in: 1...SpecLimit.tokens).map(TokenLimit.response)
        }
        if let field = section["max_tokens_per_call"] {
            if section["max_tokens"] != nil {
                field.error(
                    "'max_tokens_per_call' replaces 'max_tokens', but both are set; remove one of them")
            }
            if let count: Int = field.integer(in: 1...SpecLimit.tokens) { tokens = .call(count) }
        }
        maxSteps = section.value("max_steps", default: maxSteps) { $0.integer(in: 1...SpecLimit.tokens) }
        temperature = section.value("temperature", default: temperature) { $0.temperature() }
        topP = section.value("top_p", default: topP) { $0.topP() }
        lookahead = section.value("lookahead", default: lookahead, Lookahead.init(field:))
    }

    /// Whether a spec sets a token limit.
    static func statesLimit(_ field: SpecField) -> Bool {
        guard case .mapping(let entries) = field.node.content else { return false }
        return entries.contains { ["max_tokens", "max_tokens_per_call"].contains($0.key) }
    }
}

extension Lookahead {
    init?(field: SpecField) {
        guard let scalar = field.scalar, scalar.meaning == .integer || ["auto", "all"].contains(scalar.text) else {
            field.mismatch("'auto', 'all' or a whole number")
            return nil
        }
        switch scalar.text {
        case "auto": self = .auto
        case "all": self = .all
        default:
            guard let steps: Int = field.integer(in: 1...SpecLimit.tokens) else { return nil }
            self = .steps(steps)
        }
    }
}

extension SpecField {
    /// Warns of escapes in double quotes: `\b` becomes a backspace and `\f` a form feed, even in `\boxed` and `\frac`.
    func warnOfControlCharacters(in what: String) {
        guard let text = scalar?.text, let found = ControlCharacter(in: text) else { return }
        let isEscape = found.command != nil && scalar?.style == .doubleQuoted
        log.warning(
            at: mark, "\(what) contains \(found.words)\(isEscape ? "; in double quotes, double every backslash" : "")"
        )
    }

    /// Finds `\n` outside double quotes, where it is not a line break: two characters would reach the model.
    ///
    /// In a prompt, `\n` before a small letter may be LaTeX (`\neq`), so there it is only a warning.
    func checkEscapes(strictly: Bool) -> Bool {
        guard let scalar, scalar.style != .doubleQuoted, scalar.text.contains(#"\n"#) else { return true }
        let style: String
        switch scalar.style {
        case .singleQuoted: style = "in single quotes"
        case .literal, .folded: style = "in block text"
        case .plain, .doubleQuoted: style = "without quotes"
        }
        let message = #"\#(style), '\n' is a backslash and an n, not a line break"#
        if strictly || scalar.text.contains(/\\n(?![a-z])/) {
            error(message + #"; write '\#(name)' in double quotes, such as "\n\n""#)
            return false
        }
        log.warning(at: mark, message + #"; use double quotes if you mean a line break"#)
        return true
    }
}

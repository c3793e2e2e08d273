import Decoding
import SpecYAML
import Support

/// `thinking` in a spec. What it does not say is found from prompts and chat templates.
enum WrittenThinking {
    static let keys = ["begin", "end", "starts", "prm"]
    static let words = ["auto", "none"]

    case off
    case marked(Marks)

    struct Marks {
        /// nil for those of the models' chat templates.
        var begin: String?
        var end: String?
        var starts: [Role: MarkedThinking.Start]
        var prm: MarkedThinking.View
    }

    /// nil for `auto`, or after an error.
    init?(field: SpecField) {
        if let scalar = field.scalar {
            switch (scalar.meaning, scalar.text) {
            case (.text, "none"), (.bool(false), _): self = .off
            case (.bool(true), _):
                self = .marked(Marks(begin: nil, end: nil, starts: [:], prm: .shown))
            case (.text, "auto"): return nil
            default:
                field.mismatch(#"'auto', 'none', or marks such as { begin: "<think>", end: "</think>" }"#)
                return nil
            }
            return
        }
        guard let section = SpecSection(field, "thinking", keys: Self.keys) else { return nil }
        let (begin, end) = (section["begin"]?.mark(), section["end"]?.mark())
        if (section["begin"] == nil) != (section["end"] == nil) {
            field.error("'thinking' needs both 'begin' and 'end', or neither")
            return nil
        }
        if let begin, let end, begin.contains(end) || end.contains(begin) {
            field.error("'begin' and 'end' must differ, and neither may contain the other")
            return nil
        }
        guard section["begin"] == nil || begin != nil && end != nil else { return nil }
        self = .marked(
            Marks(
                begin: begin, end: end, starts: section["starts"].map(Self.starts) ?? [:],
                prm: section.value("prm", default: .shown) { $0.choice(of: MarkedThinking.View.self) }))
    }

    private static let writers = [Role.draft, .target]

    /// A word for both models, or one for each.
    private static func starts(_ field: SpecField) -> [Role: MarkedThinking.Start] {
        guard case .mapping = field.node.content else {
            let start = field.choice(of: MarkedThinking.Start.self)
            return Dictionary(uniqueKeysWithValues: writers.compactMap { role in start.map { (role, $0) } })
        }
        guard let section = SpecSection(field, "starts", keys: writers.map(\.rawValue)) else { return [:] }
        var starts: [Role: MarkedThinking.Start] = [:]
        for role in writers {
            starts[role] = section[role.rawValue].flatMap { $0.choice(of: MarkedThinking.Start.self) }
        }
        return starts
    }
}

extension SpecField {
    /// Text that is more than blanks: templates and tokenizers may change those around it.
    fileprivate func mark() -> String? {
        guard let text = word(), checkEscapes(strictly: true) else { return nil }
        guard text.contains(where: { !$0.isWhitespace }), text.first?.isWhitespace == false,
            text.last?.isWhitespace == false
        else { return fail("'\(name)' must not begin or end with blanks or line breaks, found \(quoted(text))") }
        return text
    }
}

import CYAML
import Support

/// libyaml's event parser, with Swift values for events and errors.
final class YAMLEvents {
    struct Event {
        enum Kind {
            case streamStart, documentStart
            /// The end of the innermost open node, of the document, or of the stream.
            case end
            case sequenceStart, mappingStart
            case scalar(YAMLScalar)
            case alias(String)
        }

        var kind: Kind
        var mark: Mark
        /// The place after it.
        var end: Mark
        /// Whether a list or mapping is written with brackets.
        var isFlow = false
        var anchor: String?
        var tag: String?
    }

    private let source: SourceText
    /// On the heap, because libyaml keeps pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// Parses the text of `source`, whose bytes stay at `bytes` as long as the parser is used.
    init(bytes: UnsafeBufferPointer<UInt8>, source: SourceText) {
        self.source = source
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        precondition(yaml_parser_initialize(parser) == 1, "libyaml is out of memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(Diagnostic) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
        defer { yaml_event_delete(&event) }
        let (mark, end) = (Mark(event.start_mark), Mark(event.end_mark))
        switch event.type {
        case YAML_STREAM_START_EVENT: return Event(kind: .streamStart, mark: mark, end: end)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, mark: mark, end: end)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return Event(
                kind: .scalar(YAMLScalar(text: text, style: .init(scalar.style))), mark: mark, end: end,
                anchor: string(scalar.anchor), tag: string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return Event(
                kind: .sequenceStart, mark: mark, end: end, isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE,
                anchor: string(start.anchor), tag: string(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return Event(
                kind: .mappingStart, mark: mark, end: end, isFlow: start.style == YAML_FLOW_MAPPING_STYLE,
                anchor: string(start.anchor), tag: string(start.tag))
        case YAML_ALIAS_EVENT:
            return Event(kind: .alias(string(event.data.alias.anchor) ?? ""), mark: mark, end: end)
        default: return Event(kind: .end, mark: mark, end: end)
        }
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    /// libyaml's message and place, with a hint if the message is hard to understand.
    private var syntaxError: Diagnostic {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "not YAML"
        guard state.error != YAML_READER_ERROR else {
            return source.diagnostic(.error, at: source.mark(atByte: state.problem_offset), problem)
        }
        let mark = Mark(state.problem_mark)
        if source.scalar(at: mark) == "\t" {
            return source.diagnostic(.error, at: mark, "YAML cannot be indented with tabs; use spaces")
        }
        if source.scalar(at: mark) == "{", mark.column > 1,
            source.scalar(at: Mark(line: mark.line, column: mark.column - 1)) == "$"
        {
            return source.diagnostic(.error, at: mark, "within { } and [ ], put text that contains '${' in quotes")
        }
        if problem.hasPrefix("mapping values are not allowed") {
            return source.diagnostic(
                .error, at: mark, "misplaced ':'; put text that contains ': ' in quotes, and align keys"
            )
        }
        var message = problem
        if let context = state.context.map({ String(cString: $0) }) {
            message += ", \(context)"
            let start = Mark(state.context_mark)
            if start != mark { message += " that begins at \(start.line):\(start.column)" }
        }
        return source.diagnostic(.error, at: mark, message)
    }
}

extension Mark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

extension YAMLScalar.Style {
    fileprivate init(_ style: yaml_scalar_style_t) {
        self =
            switch style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
    }
}

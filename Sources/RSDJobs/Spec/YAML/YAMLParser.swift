import CYAML

/// Reads one YAML document into nodes that know their place.
///
/// Repeated keys are reported and reading goes on; a syntax error ends it. An alias gives the node of its anchor.
struct YAMLParser {
    /// Deeper than any spec, and shallow enough for the stack.
    private static let deepest = 64

    private let source: SourceText
    private let events: YAMLEvents
    private var anchors: [String: YAMLNode] = [:]
    private var diagnostics: [Diagnostic] = []

    private init(source: SourceText, events: YAMLEvents) {
        self.source = source
        self.events = events
    }

    /// Gives the document, or nil when there is none to decode, and all that is wrong with it.
    static func parse(_ source: SourceText) -> (document: YAMLNode?, diagnostics: [Diagnostic]) {
        var text = source.text
        return text.withUTF8 { bytes in
            var parser = YAMLParser(source: source, events: YAMLEvents(bytes: bytes, source: source))
            do throws(Diagnostic) {
                return (try parser.document(), parser.diagnostics)
            } catch {
                return (nil, parser.diagnostics + [error])
            }
        }
    }

    private mutating func document() throws(Diagnostic) -> YAMLNode {
        _ = try events.next()  // the stream's start
        guard case .documentStart = try events.next().kind else {
            throw source.diagnostic(.error, at: .start, "the file is empty")
        }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()  // the document's end
        let after = try events.next()
        if case .documentStart = after.kind {
            throw error(at: after.mark, "a spec is one YAML document, and a second one begins here")
        }
        return root
    }

    private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(Diagnostic) -> YAMLNode {
        guard depth < Self.deepest else { throw error(at: event.mark, "nested too deeply") }
        if let tag = event.tag?.replacing("tag:yaml.org,2002:", with: "!!") {
            throw error(
                at: event.mark,
                "tags such as '\(tag)' are not supported; quote text, and write the rest plain")
        }
        let content: YAMLNode.Content
        switch event.kind {
        case .scalar(let scalar): content = .scalar(scalar)
        case .sequenceStart: content = .sequence(try elements(depth: depth + 1))
        case .mappingStart: content = .mapping(try entries(depth: depth + 1))
        case .alias(let name):
            guard let target = anchors[name] else {
                throw error(at: event.mark, "the alias '*\(name)' has no anchor '&\(name)' before it")
            }
            return target
        case .streamStart, .documentStart, .end: throw error(at: event.mark, "not a YAML value")
        }
        let node = YAMLNode(mark: event.mark, content: content)
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func elements(depth: Int) throws(Diagnostic) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .end = event.kind { return elements }
            elements.append(try node(from: event, depth: depth))
        }
    }

    private mutating func entries(depth: Int) throws(Diagnostic) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var first: [String: Mark] = [:]
        while true {
            let event = try events.next()
            if case .end = event.kind { return entries }
            let key = try node(from: event, depth: depth)
            guard case .scalar(let name) = key.content else {
                throw error(at: event.mark, "a key must be a word, not a list or a mapping")
            }
            if name.text == "<<", name.style == .plain {
                throw error(at: event.mark, "merge keys ('<<') are not supported; write the keys out")
            }
            let value = try node(from: try events.next(), depth: depth)
            if let earlier = first[name.text] {
                diagnostics.append(
                    error(
                        at: event.mark,
                        "duplicate key '\(name.text)'; it is first set on line \(earlier.line)"))
            } else {
                first[name.text] = event.mark
                entries.append(YAMLEntry(key: name.text, keyMark: event.mark, value: value))
            }
        }
    }

    private func error(at mark: Mark, _ message: String) -> Diagnostic {
        source.diagnostic(.error, at: mark, message)
    }
}

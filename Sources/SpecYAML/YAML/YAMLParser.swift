import CYAML
import Support

/// Reads one YAML document into nodes with their places.
///
/// Duplicate keys are reported and reading continues; a syntax error ends it. An alias gives the node of its anchor and
/// counts in full, so that a small text cannot expand without bound.
package struct YAMLParser {
    /// Deeper than any real spec, and shallow enough for the stack.
    static let deepest = 64
    /// Limit on the keys and values of a document, with aliases expanded.
    private static let mostNodes = 100_000
    private static let longestKey = 200

    /// The node of an anchor and its size.
    private struct Anchored {
        var node: YAMLNode
        /// Number of nodes in it, including itself.
        var count: Int
        /// Levels of lists and mappings in it.
        var height: Int
    }

    private let source: SourceText
    private let events: YAMLEvents
    private var anchors: [String: Anchored] = [:]
    /// Number of nodes so far.
    private var count = 0
    /// The deepest level since the last reset.
    private var reached = 0
    private var diagnostics: [Diagnostic] = []

    private init(source: SourceText, events: YAMLEvents) {
        self.source = source
        self.events = events
    }

    /// Returns the document, or nil if there is none to decode, and all diagnostics.
    package static func parse(_ source: SourceText) -> (document: YAMLNode?, diagnostics: [Diagnostic]) {
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
            throw error(at: after.mark, "a second YAML document begins here; a spec is a single document")
        }
        return root
    }

    private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(Diagnostic) -> YAMLNode {
        let (before, outer) = (count, reached)
        try count(1, at: depth, event.mark)
        reached = depth
        defer { reached = max(reached, outer) }
        if let tag = event.tag?.replacing("tag:yaml.org,2002:", with: "!!") {
            throw error(
                at: event.mark,
                "tags such as '\(tag)' are not supported; put text in quotes, and write other values plainly")
        }
        let content: YAMLNode.Content
        switch event.kind {
        case .scalar(let scalar): content = .scalar(scalar)
        case .sequenceStart: content = .sequence(try elements(depth: depth + 1))
        case .mappingStart: content = .mapping(try entries(depth: depth + 1))
        case .alias(let name):
            guard let target = anchors[name] else {
                let name = name.prefix(60)
                throw error(at: event.mark, "the alias '*\(name)' has no anchor '&\(name)' above it")
            }
            try count(target.count - 1, at: depth + target.height, event.mark)
            return target.node
        case .streamStart, .documentStart, .end: throw error(at: event.mark, "not a YAML value")
        }
        let node = YAMLNode(mark: event.mark, content: content)
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(node: node, count: count - before, height: reached - depth)
        }
        return node
    }

    /// Counts nodes that reach down to a level.
    private mutating func count(_ more: Int, at depth: Int, _ mark: Mark) throws(Diagnostic) {
        guard depth < Self.deepest else { throw error(at: mark, "nested too deeply") }
        count += more
        reached = max(reached, depth)
        guard count <= Self.mostNodes else {
            throw error(
                at: mark, "the spec has more than \(Self.mostNodes) values, with aliases expanded")
        }
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
                throw error(at: event.mark, "a key must be text, not a list or a mapping")
            }
            guard name.text.utf8.count <= Self.longestKey else {
                throw error(at: event.mark, "the key is too long: \(name.text.count) characters")
            }
            if name.text == "<<", name.style == .plain {
                throw error(at: event.mark, "merge keys ('<<') are not supported; write the keys out")
            }
            let value = try node(from: try events.next(), depth: depth)
            if let earlier = first[name.text] {
                diagnostics.append(
                    error(
                        at: event.mark,
                        "duplicate key '\(name.text)'; first set on line \(earlier.line)"))
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

import Support

/// A YAML document as it is laid out: where each value begins and ends, and how it is written.
///
/// ``YAMLNode`` has the meaning; aliases, comments and styles matter here only.
indirect enum YAMLOutline {
    struct Span {
        var start: Mark
        var end: Mark
    }

    case scalar(YAMLScalar, Span)
    case alias(String, Span)
    case sequence([YAMLOutline], isFlow: Bool)
    case mapping([(key: YAMLOutline, value: YAMLOutline)], isFlow: Bool)

    /// The outline of a document that ``YAMLParser`` has accepted.
    static func parse(_ source: SourceText) throws(Diagnostic) -> YAMLOutline {
        var text = source.text
        let outline = text.withUTF8 { bytes in
            Result { () throws(Diagnostic) in
                let events = YAMLEvents(bytes: bytes, source: source)
                _ = try events.next()  // the stream's start
                _ = try events.next()  // the document's start
                return try node(from: try events.next(), events)
            }
        }
        return try outline.get()
    }

    private static func node(from event: YAMLEvents.Event, _ events: YAMLEvents) throws(Diagnostic) -> YAMLOutline {
        let span = Span(start: event.mark, end: event.end)
        switch event.kind {
        case .scalar(let scalar): return .scalar(scalar, span)
        case .alias(let name): return .alias(name, span)
        case .sequenceStart:
            var elements: [YAMLOutline] = []
            while let element = try child(events) { elements.append(element) }
            return .sequence(elements, isFlow: event.isFlow)
        case .mappingStart:
            var entries: [(key: YAMLOutline, value: YAMLOutline)] = []
            while let key = try child(events), let value = try child(events) { entries.append((key, value)) }
            return .mapping(entries, isFlow: event.isFlow)
        case .streamStart, .documentStart, .end: return .alias("", span)
        }
    }

    /// nil at the end of the collection.
    private static func child(_ events: YAMLEvents) throws(Diagnostic) -> YAMLOutline? {
        let event = try events.next()
        if case .end = event.kind { return nil }
        return try node(from: event, events)
    }
}

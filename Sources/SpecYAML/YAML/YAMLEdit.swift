import Support

/// Sets a key in the text of a YAML document, which stays as it is otherwise: comments, layout and line breaks.
package enum YAMLEdit {
    /// Sets a key of a mapping in a list: `datasets`, element 2, `sha256`.
    ///
    /// - Parameters:
    ///   - text: the text of a valid document.
    ///   - value: as it is written in YAML, on one line.
    ///   - neighbour: an existing key of the mapping, after whose value a new key is written.
    /// - Throws: ``Unreadable`` if the mapping is written in a way that gives the key no place, such as an alias.
    package static func set(
        _ key: String, to value: String, after neighbour: String, inElement index: Int, of list: String, in text: String
    ) throws(Unreadable) -> String {
        let lines = TextLines(text)
        let outline: YAMLOutline
        do throws(Diagnostic) {
            outline = try YAMLOutline.parse(SourceText(file: "", text: lines.plain))
        } catch {
            throw Unreadable(message: error.message)
        }
        let (entries, isFlow) = try mapping(inElement: index, of: list, in: outline)
        if let old = try span(of: key, in: entries) {
            return lines.replacing(old.value, with: value)
        }
        guard let place = try span(of: neighbour, in: entries) else {
            throw Unreadable(message: "it has no key '\(neighbour)'")
        }
        // JSON is YAML, and stays JSON.
        let isJSON = place.isQuoted && isFlow
        let written = isJSON ? doubleQuoted(key) : key
        let newValue = isJSON && !value.hasPrefix("\"") ? doubleQuoted(value) : value
        if isFlow { return lines.inserting(", \(written): \(newValue)", at: place.value.end) }
        return lines.insertingLine(
            String(repeating: " ", count: place.key.start.column - 1) + "\(written): \(newValue)",
            after: place.value.end.line)
    }

    private typealias Entries = [(key: YAMLOutline, value: YAMLOutline)]

    private static func mapping(
        inElement index: Int, of list: String, in outline: YAMLOutline
    ) throws(Unreadable) -> (Entries, isFlow: Bool) {
        guard case .mapping(let entries, _) = outline,
            let value = entries.first(where: { $0.key.text == list })?.value
        else { throw Unreadable(message: "the file has no '\(list)'") }
        guard case .sequence(let elements, _) = value, elements.indices.contains(index) else {
            throw Unreadable(message: value.isAlias ? "'\(list)' is an alias" : "'\(list)' is not a list of mappings")
        }
        guard case .mapping(let element, let isFlow) = elements[index] else {
            throw Unreadable(message: elements[index].isAlias ? "it is an alias" : "it is not written as a mapping")
        }
        return (element, isFlow)
    }

    /// Where a key and its value are; nil if there is no such key.
    private static func span(
        of key: String, in entries: Entries
    ) throws(Unreadable) -> (key: YAMLOutline.Span, value: YAMLOutline.Span, isQuoted: Bool)? {
        guard let entry = entries.first(where: { $0.key.text == key }), case .scalar(let name, let place) = entry.key
        else { return nil }
        guard case .scalar(let scalar, let span) = entry.value else {
            throw Unreadable(message: entry.value.isAlias ? "its '\(key)' is an alias" : "its '\(key)' is not text")
        }
        guard scalar.style != .literal, scalar.style != .folded, span.start.line == span.end.line else {
            throw Unreadable(message: "its '\(key)' takes several lines")
        }
        return (place, span, name.style == .doubleQuoted)
    }
}

extension YAMLOutline {
    fileprivate var isAlias: Bool {
        if case .alias = self { true } else { false }
    }

    fileprivate var text: String? {
        if case .scalar(let scalar, _) = self { scalar.text } else { nil }
    }
}

/// The lines of a text with their own line breaks, as libyaml counts them.
private struct TextLines {
    private var lines: [(text: [Unicode.Scalar], end: [Unicode.Scalar])] = []
    /// Byte order marks.
    private var lead: [Unicode.Scalar] = []

    init(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while rest.first == "\u{FEFF}" { lead.append(rest.removeFirst()) }
        while !rest.isEmpty {
            let end = rest.firstIndex { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) } ?? rest.endIndex
            let isPair = rest[end...].starts(with: ["\r", "\n"] as [Unicode.Scalar])
            let next = min(end + (isPair ? 2 : 1), rest.endIndex)
            lines.append((Array(rest[..<end]), Array(rest[end..<next])))
            rest = rest[next...]
        }
    }

    /// The text as it is parsed: without byte order marks, with LF line breaks.
    var plain: String {
        joined { $0 == ["\r"] || $0 == ["\r", "\n"] ? ["\n"] : $0 }
    }

    private func joined(_ end: ([Unicode.Scalar]) -> [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        for line in lines {
            text.append(contentsOf: line.text)
            text.append(contentsOf: end(line.end))
        }
        return String(text)
    }

    private var text: String { String(String.UnicodeScalarView(lead)) + joined { $0 } }

    func replacing(_ span: YAMLOutline.Span, with new: String) -> String {
        var copy = self
        copy.lines[span.start.line - 1].text.replaceSubrange(
            (span.start.column - 1)..<(span.end.column - 1), with: new.unicodeScalars)
        return copy.text
    }

    func inserting(_ new: String, at mark: Mark) -> String {
        replacing(YAMLOutline.Span(start: mark, end: mark), with: new)
    }

    func insertingLine(_ new: String, after line: Int) -> String {
        var copy = self
        let end = lines[line - 1].end
        if end.isEmpty { copy.lines[line - 1].end = lines.first { !$0.end.isEmpty }?.end ?? ["\n"] }
        copy.lines.insert((Array(new.unicodeScalars), end), at: line)
        return copy.text
    }
}

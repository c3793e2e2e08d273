/// One line for a terminal: spans of text with a style each. It knows its width and never moves the cursor.
package struct Line: Sendable, Equatable {
    struct Span: Sendable, Equatable {
        var text: String
        var style: Style
    }

    private(set) var spans: [Span] = []

    package init() {}

    /// - Parameter text: control characters in it are replaced by visible ones.
    package init(_ text: String, _ style: Style = .plain) {
        append(text.sanitized, style)
    }

    package var width: Int { spans.reduce(0) { $0 + $1.text.displayWidth } }
    package var isEmpty: Bool { spans.isEmpty }

    /// The text without its styles.
    package var text: String { spans.map(\.text).joined() }

    private mutating func append(_ text: String, _ style: Style) {
        guard !text.isEmpty else { return }
        if spans.last?.style == style {
            spans[spans.count - 1].text += text
        } else {
            spans.append(Span(text: text, style: style))
        }
    }

    package static func += (left: inout Line, right: Line) {
        for span in right.spans { left.append(span.text, span.style) }
    }

    package static func + (left: Line, right: Line) -> Line {
        var line = left
        line += right
        return line
    }

    package static func + (left: Line, right: String) -> Line { left + Line(right) }

    /// The line cut to a width, ending in `…` if something was cut.
    package func truncated(to limit: Int) -> Line {
        guard width > limit else { return self }
        guard limit > 0 else { return Line() }
        var line = Line()
        var room = limit - 1
        for span in spans {
            var kept = ""
            for character in span.text {
                guard character.displayWidth <= room else {
                    line.append(kept + "…", span.style)
                    return line
                }
                room -= character.displayWidth
                kept.append(character)
            }
            line.append(kept, span.style)
        }
        return line
    }

    /// The line padded with blanks on the right, or on the left to align it to the right.
    func padded(to width: Int, alignRight: Bool = false) -> Line {
        let blank = Line(String(repeating: " ", count: max(0, width - self.width)))
        return alignRight ? blank + self : self + blank
    }

    /// The characters to write, with escape sequences if `colour` is set.
    package func rendered(colour: Bool) -> String {
        guard colour else { return text }
        return spans.map { span in
            span.style.code.map { "\u{1B}[\($0)m\(span.text)\u{1B}[0m" } ?? span.text
        }.joined()
    }
}

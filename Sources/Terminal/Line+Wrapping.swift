extension Line {
    /// Breaks the line between words into lines of at most `limit` columns (at least 4); a longer word is broken inside.
    ///
    /// - Parameter indent: spaces before every line but the first.
    func wrapped(to limit: Int, indent: Int = 0) -> [Line] {
        let limit = max(limit, 4)
        let margin = Line(String(repeating: " ", count: min(indent, limit / 2)))
        var lines: [Line] = []
        var line = Line()
        var blank = Line()
        for word in words {
            if word.text.first?.isWhitespace == true {
                blank += word
                continue
            }
            if line.width + blank.width + word.width <= limit {
                line += blank + word
            } else {
                if line.width > margin.width || (lines.isEmpty && !line.isEmpty) {
                    lines.append(line)
                    line = margin
                }
                var pieces = word.chopped(first: limit - line.width, rest: limit - margin.width)
                line += pieces.removeFirst()
                for piece in pieces {
                    lines.append(line)
                    line = margin + piece
                }
            }
            blank = Line()
        }
        return lines + [line]
    }

    /// Alternating runs of blanks and of other characters.
    private var words: [Line] {
        spans.flatMap { span in
            var words: [String] = []
            for character in span.text {
                if let last = words.last?.last, last.isWhitespace == character.isWhitespace {
                    words[words.count - 1].append(character)
                } else {
                    words.append(String(character))
                }
            }
            return words.map { Line($0, span.style) }
        }
    }

    private func chopped(first: Int, rest: Int) -> [Line] {
        guard let style = spans.first?.style else { return [self] }
        var pieces: [String] = [""]
        var room = first
        for character in text {
            if character.displayWidth > room, room < rest {
                pieces.append("")
                room = rest
            }
            pieces[pieces.count - 1].append(character)
            room -= character.displayWidth
        }
        return pieces.map { Line($0, style) }
    }
}

import Support

/// Readable logs: without colours and other terminal control sequences.
extension String {
    /// The text without escape sequences and control characters, and with only the last state of each progress bar.
    ///
    /// A carriage return ends a line, like a line break.
    var withoutTerminalControls: String {
        let bare = Self.withoutEscapes(unicodeScalars)
        return bare.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { Self.withoutPassedProgress($0.split(separator: "\r", omittingEmptySubsequences: true)) }
            .joined(separator: "\n")
    }

    private static func withoutEscapes(_ text: String.UnicodeScalarView) -> String {
        var kept = String.UnicodeScalarView()
        var rest = text[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": rest = rest[endOfEscape(in: rest)...]
            case "\u{9B}": rest = rest[endOfControlSequence(in: rest)...]
            case "\n":
                while kept.last == "\r" { kept.removeLast() }
                kept.append(scalar)
            case "\r", "\t": kept.append(scalar)
            default: if !scalar.isControl { kept.append(scalar) }
            }
        }
        return String(kept)
    }

    /// The end of the sequence that an ESC started (ECMA-48). An incomplete or invalid one does not extend into the
    /// next line.
    private static func endOfEscape(in rest: Substring.UnicodeScalarView) -> String.Index {
        guard let first = rest.first else { return rest.endIndex }
        let inside = rest.dropFirst()
        switch first {
        case "[": return endOfControlSequence(in: inside)
        case "]", "P", "X", "^", "_":
            // A string, such as a link or a title, up to BEL or ESC \.
            let end = inside.firstIndex { ["\u{07}", "\u{1B}", "\u{9C}", "\n", "\r"].contains($0) } ?? inside.endIndex
            guard end < inside.endIndex, !["\n", "\r"].contains(inside[end]) else { return end }
            let next = inside.index(after: end)
            let isTwo = inside[end] == "\u{1B}" && next < inside.endIndex && inside[next] == "\\"
            return isTwo ? inside.index(after: next) : next
        case " "..."/":
            let end = inside.firstIndex { !(" "..."/").contains($0) } ?? inside.endIndex
            return end < inside.endIndex && ("0"..."~").contains(inside[end]) ? inside.index(after: end) : end
        case "0"..."~": return inside.startIndex
        default: return rest.startIndex
        }
    }

    /// Parameters, intermediates and one final letter.
    private static func endOfControlSequence(in rest: Substring.UnicodeScalarView) -> String.Index {
        let end = rest.firstIndex { !(" "..."?").contains($0) } ?? rest.endIndex
        return end < rest.endIndex && ("@"..."~").contains(rest[end]) ? rest.index(after: end) : end
    }

    /// Drops the earlier states of a progress bar; other text that ends with a carriage return stays.
    private static func withoutPassedProgress(_ parts: [Substring]) -> [Substring] {
        guard parts.count > 1 else { return parts.isEmpty ? [""] : parts }
        return parts.enumerated().filter { index, part in
            index == parts.count - 1 || !part.contains(/\d+%( Completed)? ?\|/)
        }.map(\.element)
    }
}

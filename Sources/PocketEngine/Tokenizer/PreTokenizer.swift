/// Splits text into the pieces that byte-pair encoding may not cross, as Qwen2's regular expression does:
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Written by hand: one pass, no backtracking, and independent of a regular-expression engine's Unicode tables.
struct PreTokenizer {
    /// The expression as it appears in `tokenizer.json`.
    static let pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    private enum Class {
        case letter, number, lineEnd, space, other
    }

    private let scalars: [Unicode.Scalar]
    private let classes: [Class]

    private init(_ text: String.UnicodeScalarView) {
        scalars = Array(text)
        classes = scalars.map(Self.classify)
    }

    /// The pieces of `text` in order, as UTF-8; concatenated they are `text`.
    static func pieces(_ text: String) -> [[UInt8]] {
        let cutter = PreTokenizer(text.unicodeScalars)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < cutter.scalars.count {
            let end = cutter.end(from: start)
            var piece: [UInt8] = []
            for scalar in cutter.scalars[start..<end] {
                piece.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
            pieces.append(piece)
            start = end
        }
        return pieces
    }

    private static func classify(_ scalar: Unicode.Scalar) -> Class {
        switch scalar {
        case "a"..."z", "A"..."Z": return .letter
        case "0"..."9": return .number
        case "\r", "\n": return .lineEnd
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return scalar.properties.isWhitespace ? .space : .other
        }
    }

    /// The first index at or after `index` whose class is not among `these`.
    private func skip(_ index: Int, while these: Class...) -> Int {
        var index = index
        while index < classes.count, these.contains(classes[index]) { index += 1 }
        return index
    }

    /// The end of the piece that starts at `start`; tries the alternatives of the expression in order.
    private func end(from start: Int) -> Int {
        if let end = contraction(from: start) { return end }
        let first = classes[start]
        if first == .letter { return skip(start, while: .letter) }
        if first != .number, first != .lineEnd {
            let end = skip(start + 1, while: .letter)
            if end > start + 1 { return end }
        }
        if first == .number { return start + 1 }
        let symbols = scalars[start] == " " ? start + 1 : start
        let symbolsEnd = skip(symbols, while: .other)
        if symbolsEnd > symbols { return skip(symbolsEnd, while: .lineEnd) }

        let blankEnd = skip(start, while: .space, .lineEnd)
        if let lastLineEnd = classes[start..<blankEnd].lastIndex(of: .lineEnd) { return lastLineEnd + 1 }
        // The last of several blanks before a word belongs to the word.
        return blankEnd == classes.count || blankEnd == start + 1 ? blankEnd : blankEnd - 1
    }

    private func contraction(from start: Int) -> Int? {
        guard scalars[start] == "'", start + 1 < scalars.count else { return nil }
        switch scalars[start + 1] {
        // U+017F, the long s, is a case variant of s.
        case "s", "S", "\u{17F}", "t", "T", "m", "M", "d", "D": return start + 2
        case "r", "R", "v", "V":
            guard start + 2 < scalars.count, scalars[start + 2] == "e" || scalars[start + 2] == "E" else {
                return nil
            }
            return start + 3
        case "l", "L":
            guard start + 2 < scalars.count, scalars[start + 2] == "l" || scalars[start + 2] == "L" else {
                return nil
            }
            return start + 3
        default: return nil
        }
    }
}

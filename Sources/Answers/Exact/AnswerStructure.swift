/// Tokens with balanced brackets, and the depth of each.
struct AnswerStructure {
    let tokens: ArraySlice<AnswerToken>
    private var depths: [Int] = []

    init?(_ tokens: ArraySlice<AnswerToken>) {
        self.tokens = tokens
        guard !tokens.isEmpty else { return nil }
        var depth = 0
        for token in tokens {
            if token.isClosing { depth -= 1 }
            guard depth >= 0 else { return nil }
            depths.append(depth)
            if token.isOpening { depth += 1 }
        }
        guard depth == 0 else { return nil }
    }

    /// Tokens outside of brackets.
    var top: [AnswerToken] { zip(tokens, depths).filter { $1 == 0 }.map(\.0) }

    /// Whether the first token is a bracket that the last one closes.
    var isOneBracket: Bool {
        guard let first = tokens.first, first.isOpening, let last = tokens.last, last.isClosing else { return false }
        return depths.dropFirst().dropLast().allSatisfy { $0 > 0 }
    }

    /// Whether `±` occurs outside sets and unbracketed lists, so that the whole is two answers.
    var isSigned: Bool {
        var sets = 0
        for token in tokens {
            if token == .symbol("⦃") { sets += 1 }
            if token == .symbol("⦄") { sets -= 1 }
            if token == .symbol("±") || token == .symbol("∓"), sets == 0 { return true }
        }
        return false
    }

    var isOneGroup: Bool { isOneBracket && tokens.first == .openGroup && tokens.last == .closeGroup }

    /// The pieces between the separators, which are tokens outside brackets.
    func parts(where isSeparator: (AnswerToken) -> Bool) -> [ArraySlice<AnswerToken>] {
        var parts: [ArraySlice<AnswerToken>] = []
        var start = tokens.startIndex
        for (index, depth) in zip(tokens.indices, depths) where depth == 0 && isSeparator(tokens[index]) {
            parts.append(tokens[start..<index])
            start = index + 1
        }
        return parts + [tokens[start...]]
    }
}

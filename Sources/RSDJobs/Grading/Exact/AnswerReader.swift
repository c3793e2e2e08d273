/// Makes out what an answer is: a number, an expression, an equation, a tuple, a set, or words.
enum AnswerReader {
    /// - Parameter groupsThousands: see `[AnswerToken].init(answer:groupsThousands:)`.
    static func read(_ answer: String, groupsThousands: Bool = true) -> AnswerValue {
        guard let tokens = [AnswerToken](answer: answer, groupsThousands: groupsThousands) else {
            return .text(answer)
        }
        return read(tokens[...], depth: 0)
    }

    /// Structures that nest deeper are text.
    private static let deepest = 10

    static func read(_ tokens: ArraySlice<AnswerToken>, depth: Int) -> AnswerValue {
        let tokens = bare(tokens)
        guard depth < deepest, let structure = Structure(tokens) else { return text(tokens) }
        func inner(_ parts: [ArraySlice<AnswerToken>]) -> [AnswerValue] {
            parts.filter { !bare($0).isEmpty }.map { read($0, depth: depth + 1) }
        }
        if structure.isOneGroup { return read(tokens.dropFirst().dropLast(), depth: depth + 1) }
        let list = structure.parts { $0.partsAnswers }
        if list.count > 1 {
            let answers = inner(list)
            return answers.count == 1 ? answers[0] : .collection(answers.flatMap(\.members))
        }
        if let signed = bothSigns(structure, depth: depth) { return signed }
        let sets = structure.parts { $0 == .symbol("∪") }
        if sets.count > 1 { return .union(inner(sets)) }
        if structure.parts(where: { $0 == .symbol("∈") }).count == 2, case .name? = tokens.first {
            let membership = structure.parts { $0 == .symbol("∈") }
            if bare(membership[0]).count == 1 { return read(membership[1], depth: depth + 1) }
        }
        if let bracketed = bracketed(tokens, structure, inner: inner) { return bracketed }
        if let equation = equation(structure, depth: depth) { return equation }
        if let relation = relation(structure, inner: inner) { return relation }
        return expression(tokens)
    }

    // MARK: Structures

    /// Without blanks, and the punctuation that belongs to the sentence around it.
    private static func bare(_ tokens: ArraySlice<AnswerToken>) -> ArraySlice<AnswerToken> {
        var tokens = tokens
        let before: Set<AnswerToken> = [.space, .symbol(":"), .symbol("="), .symbol("≈"), .symbol(",")]
        let after: Set<AnswerToken> = [.space, .symbol("."), .symbol(","), .symbol(";"), .command("\\")]
        while let first = tokens.first, before.contains(first) { tokens.removeFirst() }
        while let last = tokens.last, after.contains(last) { tokens.removeLast() }
        return tokens
    }

    /// `a ± b` is two answers.
    private static func bothSigns(_ structure: Structure, depth: Int) -> AnswerValue? {
        let tokens = structure.tokens
        guard tokens.contains(.symbol("±")) else { return nil }
        let answers = [("+", "-"), ("-", "+")].map { upper, lower in
            read(
                ArraySlice(
                    tokens.map { $0 == .symbol("±") ? .symbol(upper) : $0 == .symbol("∓") ? .symbol(lower) : $0 }),
                depth: depth + 1)
        }
        return .collection(answers.flatMap(\.members))
    }

    private static func bracketed(
        _ tokens: ArraySlice<AnswerToken>, _ structure: Structure, inner: ([ArraySlice<AnswerToken>]) -> [AnswerValue]
    ) -> AnswerValue? {
        guard structure.isOneBracket, let open = tokens.first, let close = tokens.last,
            let content = Structure(tokens.dropFirst().dropLast())
        else { return nil }
        switch (open, close) {
        case (.symbol("⦃"), .symbol("⦄")):
            // `{x | …}` is a rule and no list.
            let isRule = content.parts { $0 == .symbol("|") || $0 == .symbol(":") }.count > 1
            return isRule ? nil : .collection(inner(content.parts { $0.partsElements }).flatMap(\.members))
        case (.command, .command):
            let rows = content.parts { $0 == .command("\\") }.compactMap { row in
                Structure(bare(row)).map { inner($0.parts { $0 == .symbol("&") }) }
            }
            return open == .command("begin pmatrix") ? .matrix(rows.filter { !$0.isEmpty }) : nil
        case (.symbol(let open), .symbol(let close)):
            let elements = inner(content.parts { $0.partsElements })
            if elements.count == 1, open == "(", close == ")" { return elements[0] }
            return .sequence(open: open, elements, close: close)
        default: return nil
        }
    }

    private static func equation(_ structure: Structure, depth: Int) -> AnswerValue? {
        let sides = structure.parts { $0 == .symbol("=") || $0 == .symbol("≈") }
        guard sides.count > 1, let first = sides.first, let last = sides.last else { return nil }
        let left = try? ExpressionParser.parse(bare(first))
        let right = try? ExpressionParser.parse(bare(last))
        var difference: Polynomial?
        if let left, let right { difference = try? left.plus(right.negated).primitive }
        let isDefinition = sides.count > 2 || isName(bare(first)) || left?.rational != nil
        guard difference != nil || isDefinition else { return nil }
        return .equation(
            name: isName(bare(first)) ? text(bare(first)).key : nil, difference: difference,
            value: isDefinition ? read(last, depth: depth + 1) : nil)
    }

    /// `x`, `x_1`, `f(x)`, or a word.
    private static func isName(_ tokens: ArraySlice<AnswerToken>) -> Bool {
        let tokens = tokens.filter { $0 != .space }
        switch tokens.first {
        case .word: return tokens.allSatisfy { if case .word = $0 { true } else { false } }
        case .name:
            if tokens.count == 1 || tokens.dropFirst().first == .symbol("_") { return !tokens.contains(.symbol("+")) }
            guard tokens.count == 4, tokens[1] == .symbol("("), case .name = tokens[2] else { return false }
            return tokens[3] == .symbol(")")
        default: return false
        }
    }

    private static func relation(
        _ structure: Structure, inner: ([ArraySlice<AnswerToken>]) -> [AnswerValue]
    ) -> AnswerValue? {
        let turned = [">": "<", "≥": "≤", "<": "<", "≤": "≤", "≠": "≠"]
        let signs = structure.top.compactMap { token -> String? in
            guard case .symbol(let sign) = token, turned[sign] != nil else { return nil }
            return sign
        }
        guard !signs.isEmpty else { return nil }
        let parts = inner(structure.parts { if case .symbol(let sign) = $0 { turned[sign] != nil } else { false } })
        guard parts.count == signs.count + 1 else { return nil }
        let descends = signs.contains(">") || signs.contains("≥")
        let ascends = signs.contains("<") || signs.contains("≤")
        if descends, ascends { return nil }
        return descends
            ? .relation(parts.reversed(), signs: signs.reversed().map { turned[$0] ?? $0 })
            : .relation(parts, signs: signs)
    }

    // MARK: Expressions

    private static func expression(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue {
        let (number, isPercent) = withoutUnits(tokens)
        let isDecimal = number.contains { if case .number(let digits) = $0 { digits.contains(".") } else { false } }
        // Letters alone are words, and no product: AB is not BA.
        let isWord = number.count > 1 && number.allSatisfy { if case .name = $0 { true } else { $0 == .space } }
        guard !isWord, let polynomial = try? ExpressionParser.parse(number) else { return text(tokens) }
        return .expression(polynomial, isDecimal: isDecimal, isPercent: isPercent)
    }

    /// Takes off a percent sign and what a number counts.
    private static func withoutUnits(_ tokens: ArraySlice<AnswerToken>) -> (ArraySlice<AnswerToken>, isPercent: Bool) {
        var rest = tokens
        var isPercent = false
        strip: while let last = rest.last {
            switch last {
            case .space: rest.removeLast()
            case .symbol("%"):
                isPercent = true
                rest.removeLast()
            case .word(let word) where AnswerWords.percent.contains(word):
                isPercent = true
                rest.removeLast()
            case .word(let word) where AnswerWords.units.contains(word.lowercased()): rest.removeLast()
            case .symbol("/"), .symbol("*"): if !dropTail(1, of: &rest) { break strip }
            case .symbol("²"), .symbol("³"): if !dropTail(1, of: &rest) { break strip }
            case .number("2"), .number("3"):
                guard rest.dropLast().last == .symbol("^"), dropTail(2, of: &rest) else { break strip }
            case .closeGroup:
                // `cm^{2}`
                guard rest.suffix(4).starts(with: [.symbol("^"), .openGroup]), dropTail(4, of: &rest) else {
                    break strip
                }
            default: break strip
            }
        }
        guard rest.contains(where: { if case .number = $0 { true } else { $0 == .name("π") } }) else {
            return (tokens, false)
        }
        return (rest, isPercent)
    }

    /// Takes tokens off where a unit, or nothing but a number, stands before them.
    private static func dropTail(_ count: Int, of tokens: inout ArraySlice<AnswerToken>) -> Bool {
        var before = tokens.dropLast(count)
        while before.last == .space { before.removeLast() }
        guard case .word(let word)? = before.last, AnswerWords.units.contains(word.lowercased()) else { return false }
        tokens = before
        return true
    }

    /// A number with words after it that say what it counts, such as `7 apples`; nil for anything else.
    static func countedNumber(_ answer: String) -> AnswerValue? {
        guard let tokens = [AnswerToken](answer: answer) else { return nil }
        var rest = bare(tokens[...])
        var count = 0
        while let last = rest.last {
            if case .word(let word) = last {
                if AnswerWords.numerals.contains(word) || AnswerWords.joining.contains(word) { return nil }
                count += 1
            } else if last != .space {
                break
            }
            rest.removeLast()
        }
        guard count > 0, !rest.isEmpty else { return nil }
        let value = read(rest, depth: 0)
        return value.rational == nil ? nil : value
    }

    // MARK: Text

    /// The tokens side by side: no blanks but between words and between numbers, and no braces around a single sign.
    private static func text(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue {
        var pieces: [String] = []
        var (afterWord, afterNumber) = (false, false)
        let tokens = Array(tokens)
        let hasWords = tokens.contains { if case .word(let word) = $0 { word.count > 1 } else { false } }
        for (index, token) in tokens.enumerated() {
            var (isWord, isNumber) = (false, false)
            switch token {
            case .space: continue
            case .openGroup where index + 2 < tokens.count && tokens[index + 2] == .closeGroup: continue
            case .closeGroup where index >= 2 && tokens[index - 2] == .openGroup: continue
            case .openGroup: pieces.append("{")
            case .closeGroup: pieces.append("}")
            case .number(let digits):
                pieces.append(afterNumber ? " " + digits : digits)
                isNumber = true
            case .symbol(let text): pieces.append(text)
            case .command(let name): pieces.append("\\\(name) ")
            case .name(let name) where !hasWords: pieces.append(name)
            case .name(let word), .word(let word):
                // Among words a letter is one of them.
                let lower = hasWords ? word.lowercased() : word
                pieces.append(afterWord ? " " + lower : lower)
                isWord = true
            }
            (afterWord, afterNumber) = (isWord, isNumber)
        }
        return .text(pieces.joined())
    }
}

extension AnswerValue {
    /// A list within a list is part of it.
    fileprivate var members: [AnswerValue] {
        if case .collection(let parts) = self { return parts }
        return [self]
    }
}

extension AnswerToken {
    fileprivate var partsElements: Bool { self == .symbol(",") || self == .symbol(";") }

    fileprivate var partsAnswers: Bool {
        if case .word(let word) = self { return AnswerWords.joining.contains(word) }
        return partsElements
    }
}

/// Tokens whose brackets are balanced, and what lies outside of all of them.
private struct Structure {
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

    var isOneGroup: Bool { isOneBracket && tokens.first == .openGroup && tokens.last == .closeGroup }

    /// The pieces between the tokens outside of brackets for which the condition holds.
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

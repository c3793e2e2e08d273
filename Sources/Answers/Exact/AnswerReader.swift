/// Parses an answer into a number, an expression, an equation, a tuple, a set, or words.
package enum AnswerReader {
    /// - Parameter groupsThousands: see `[AnswerToken].init(answer:groupsThousands:)`.
    package static func read(_ answer: String, groupsThousands: Bool = true) -> AnswerValue {
        guard let tokens = [AnswerToken](answer: answer, groupsThousands: groupsThousands) else {
            return .text(answer, isFormula: false)
        }
        return read(tokens[...], depth: 0)
    }

    /// Structures that nest deeper are treated as text.
    private static let deepest = 10

    package static func read(_ tokens: ArraySlice<AnswerToken>, depth: Int) -> AnswerValue {
        let tokens = halfOpen(bare(tokens))
        guard depth < deepest, let structure = AnswerStructure(tokens) else {
            return .text(spelled(tokens), isFormula: false)
        }
        func inner(_ parts: [ArraySlice<AnswerToken>]) -> [AnswerValue] {
            parts.filter { !bare($0).isEmpty }.map { read($0, depth: depth + 1) }
        }
        if structure.isOneGroup { return read(tokens.dropFirst().dropLast(), depth: depth + 1) }
        if let known = wholeLine(tokens) ?? clock(tokens) ?? numberWord(tokens) { return known }
        if let rest = withoutLetter(tokens) { return read(rest, depth: depth + 1) }
        let list = structure.parts { $0.partsAnswers }
        if list.count > 1 {
            let answers = inner(list)
            return answers.count == 1 ? answers[0] : .collection(answers.flatMap(\.members))
        }
        if let numbered = numbered(tokens) { return .collection(inner(numbered)) }
        if let signed = bothSigns(structure, depth: depth) { return signed }
        let difference = structure.parts {
            $0 == .command("setminus") || $0 == .command("backslash") || $0 == .symbol("-")
        }
        if difference.count == 2, bare(difference[0]).elementsEqual([.name("ℝ")]),
            let rest = line(without: read(difference[1], depth: depth + 1).members)
        {
            return rest
        }
        let sets = structure.parts { $0 == .symbol("∪") }
        if sets.count > 1 { return union(inner(sets)) }
        let membership = structure.parts { $0 == .symbol("∈") }
        if membership.count == 2, case .name? = tokens.first, bare(membership[0]).count == 1 {
            return .equation(
                name: spelled(membership[0]), difference: nil, value: read(membership[1], depth: depth + 1),
                text: spelled(tokens))
        }
        if let bracketed = bracketed(tokens, structure, inner: inner) { return bracketed }
        if let scaled = scaledMatrix(tokens, depth: depth) { return scaled }
        if let point = namedPoint(tokens, depth: depth) { return point }
        if let equation = equation(structure, depth: depth) { return equation }
        if let relation = relation(structure, inner: inner) { return relation }
        if let ratio = ratio(structure, inner: inner) { return ratio }
        return expression(tokens)
    }

    // MARK: Structures

    /// The tokens without blanks and without the punctuation of the surrounding sentence.
    package static func bare(_ tokens: ArraySlice<AnswerToken>) -> ArraySlice<AnswerToken> {
        var tokens = tokens
        while let first = tokens.first, before.contains(first) { tokens.removeFirst() }
        while let last = tokens.last, after.contains(last) { tokens.removeLast() }
        return tokens
    }

    private static let before: [AnswerToken] = [.space, .symbol(":"), .symbol("="), .symbol("≈"), .symbol(",")]
    private static let after: [AnswerToken] = [
        .space, .symbol("."), .symbol(","), .symbol(";"), .symbol(":"), .symbol("?"), .command("\\"),
    ]

    /// `a ± b` is two answers. With several signs, it is unknown which go together.
    private static func bothSigns(_ structure: AnswerStructure, depth: Int) -> AnswerValue? {
        let tokens = structure.tokens
        guard structure.isSigned else { return nil }
        let signs = tokens.filter { $0 == .symbol("±") || $0 == .symbol("∓") }
        guard signs.count == 1 || signs.count(where: { $0 == .symbol("±") }) == 1 else {
            return .text(spelled(tokens), isFormula: true)
        }
        let answers = [("+", "-"), ("-", "+")].map { upper, lower in
            read(
                ArraySlice(
                    tokens.map { $0 == .symbol("±") ? .symbol(upper) : $0 == .symbol("∓") ? .symbol(lower) : $0 }),
                depth: depth + 1)
        }
        return .collection(answers.flatMap(\.members))
    }

    /// The parts of `(1)(3)(4)`, a list of true statements rather than a product.
    private static func numbered(_ tokens: ArraySlice<AnswerToken>) -> [ArraySlice<AnswerToken>]? {
        let tokens = ArraySlice(tokens.filter { $0 != .space })
        guard tokens.count >= 6, tokens.count % 3 == 0 else { return nil }
        let parts = stride(from: 0, to: tokens.count, by: 3).map { tokens[$0..<($0 + 3)] }
        let isNumbered = parts.allSatisfy { part in
            guard part.first == .symbol("("), part.last == .symbol(")"),
                case .number(let digits) = part.dropFirst().first
            else { return false }
            return digits.count == 1
        }
        return isNumbered ? parts : nil
    }

    private static func bracketed(
        _ tokens: ArraySlice<AnswerToken>, _ structure: AnswerStructure,
        inner: ([ArraySlice<AnswerToken>]) -> [AnswerValue]
    ) -> AnswerValue? {
        if tokens.elementsEqual([.symbol("⦃"), .symbol("⦄")]) { return expression([.name("∅")]) }
        guard structure.isOneBracket, let open = tokens.first, let close = tokens.last,
            let content = AnswerStructure(tokens.dropFirst().dropLast())
        else { return nil }
        switch (open, close) {
        case (.symbol("⦃"), .symbol("⦄")):
            let rule = content.parts { $0 == .symbol("|") || $0 == .symbol(":") }
            if rule.count == 2, bare(rule[0]).count == 1 || rule[0].contains(.symbol("∈")),
                case .name? = bare(rule[0]).first
            {
                // `{x | x > 5}`: if it is about real numbers, the rule alone is the answer.
                let isReal = bare(rule[0]).count == 1 || rule[0].contains(.name("ℝ"))
                switch inner([rule[1]]).first {
                case .relation(let parts, let signs)? where isReal: return .relation(parts, signs: signs)
                case .equation(_, nil, let set?, _)? where isReal: return set
                default: break
                }
            }
            // `{x | …}` is a rule, not a list.
            return rule.count > 1
                ? text(tokens)
                : .collection(
                    content.parts { $0.partsElements }.flatMap { part in
                        // A set within a set is one element; its members are not.
                        bare(part).first == .symbol("⦃") ? inner([part]) : inner([part]).flatMap(\.members)
                    }
                    .unique)
        case (.command, .command):
            let rows = content.parts { $0 == .command("\\") }.compactMap { row in
                AnswerStructure(bare(row)).map { inner($0.parts { $0 == .symbol("&") }) }
            }
            return open == .command("begin pmatrix") ? .matrix(rows.filter { !$0.isEmpty }) : nil
        case (.symbol(let open), .symbol(let close)):
            let elements = inner(content.parts { $0.partsElements })
            if elements.count == 1, open == "(" && close == ")" || open == "[" && close == "]" && elements[0].isMatrix {
                return elements[0]
            }
            return .sequence(open: open, elements, close: close)
        default: return nil
        }
    }

    /// Relations, and how they read from right to left; ascending ones stay as they are.
    private static let turned = [">": "<", "≥": "≤", "<": "<", "≤": "≤", "≠": "≠"]

    private static func relation(
        _ structure: AnswerStructure, inner: ([ArraySlice<AnswerToken>]) -> [AnswerValue]
    ) -> AnswerValue? {
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
        if descends { return solved(parts.reversed(), signs.reversed().map { turned[$0] ?? $0 }) }
        return solved(parts, signs)
    }

    /// `2:3`, `1 : \sqrt{3} : 2`, `2 to 3`.
    private static func ratio(
        _ structure: AnswerStructure, inner: ([ArraySlice<AnswerToken>]) -> [AnswerValue]
    ) -> AnswerValue? {
        let parts = structure.parts { $0 == .symbol(":") || $0 == .word("to") }
        guard parts.count > 1 else { return nil }
        if let time = time(parts.map { bare($0) }) { return .text(time, isFormula: false) }
        let values = inner(parts)
        let areNumbers = values.allSatisfy { if case .quantity = $0 { true } else { false } }
        return areNumbers && values.count == parts.count ? .sequence(open: ":", values, close: "") : nil
    }

    // MARK: Expressions

    static func expression(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue {
        let stripped = AnswerUnits.strip(tokens)
        let number = stripped.number
        let isDecimal = number.contains {
            if case .number(let digits) = $0 { digits.contains(".") && !digits.contains("(") } else { false }
        }
        if number.count == 1, case .word(let letter)? = number.first, letter.count == 1, letter.first?.isASCII == true {
            return expression([.name(letter)])
        }
        // Letters alone are words, not a product: AB is not BA.
        let letters = number.compactMap { if case .name(let name) = $0 { name } else { nil } }
        let isWord =
            number.count > 1 && letters.count == number.count { $0 != .space }
            && (letters.count > 3 || letters.contains { $0.first?.isUppercase ?? false })
        if let formula = chemical(number) { return .text(formula, isFormula: false) }
        guard !isWord, let expression = scaled(number) ?? (try? ExpressionParser.parse(number)) else {
            return text(tokens)
        }
        return .quantity(
            AnswerValue.Quantity(
                expression: expression, form: try? expression.fraction(), text: spelled(number), isDecimal: isDecimal,
                isPercent: stripped.isPercent, units: stripped.units))
    }

    /// A number followed by words that name what it counts, such as `7 apples`; nil otherwise.
    package static func countedNumber(_ answer: String) -> AnswerValue? {
        guard let tokens = [AnswerToken](answer: answer) else { return nil }
        var rest = bare(tokens[...])
        var count = 0
        while let last = rest.last {
            if case .word(let word) = last {
                if AnswerWords.isNumeral(word) || AnswerWords.joining.contains(word.lowercased()) { return nil }
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
}

extension AnswerValue {
    /// Members, including those of nested lists.
    fileprivate var members: [AnswerValue] {
        if case .collection(let parts) = self { return parts }
        return [self]
    }

}

extension AnswerValue {
    fileprivate var isMatrix: Bool { if case .matrix = self { true } else { false } }
}

extension [AnswerValue] {
    /// Without duplicates, as in a set.
    var unique: Self {
        var keys: Set<String> = []
        return filter { keys.insert($0.key).inserted }
    }
}

extension AnswerToken {
    fileprivate var partsElements: Bool { self == .symbol(",") || self == .symbol(";") }

    fileprivate var partsAnswers: Bool {
        if case .word(let word) = self { return AnswerWords.joining.contains(word.lowercased()) }
        return partsElements
    }
}

extension AnswerReader {
    static func equation(_ structure: AnswerStructure, depth: Int) -> AnswerValue? {
        let sides = structure.parts { $0 == .symbol("=") || $0 == .symbol("≈") }.map { bare($0) }
        guard sides.count > 1, let first = sides.first, let last = sides.last, !first.isEmpty, !last.isEmpty else {
            return nil
        }
        let (left, right) = (side(first), side(last))
        let text = spelled(structure.tokens)
        var difference: AnswerValue.Quantity?
        if let left, let right {
            let expression = Expression.sum([left, .negative(right)])
            difference = AnswerValue.Quantity(
                expression: expression, form: try? expression.fraction(), text: text)
        }
        func defines(_ name: String?, _ side: ArraySlice<AnswerToken>) -> AnswerValue {
            .equation(name: name, difference: difference, value: read(side, depth: depth + 1), text: text)
        }
        if let name = name(first) { return defines(name, last) }
        if let name = name(last) { return defines(name, first) }
        if let left, left.isClosed, let right, right.isClosed {
            // `2 + 3 = 5`, and `\log_2 8 = 3`, whose left side names what has the value.
            let isNamed = first.contains {
                if case .command(let name) = $0 { AnswerSigns.functions.contains(name) } else { false }
            }
            // `2 = 3` has no meaning; `π ≈ 3.14` does.
            if let value = left.value, let other = right.value, abs(value - other) > 0.02 * max(abs(value), abs(other))
            {
                return self.text(structure.tokens)
            }
            return defines(isNamed ? spelled(first) : nil, last)
        }
        guard difference != nil else { return self.text(structure.tokens) }
        return .equation(name: nil, difference: difference, value: nil, text: text)
    }

    /// Adjacent capitals name a line or a numeral; they are not a product.
    private static func side(_ tokens: ArraySlice<AnswerToken>) -> Expression? {
        let signs = tokens.filter { $0 != .space }
        let areCapitals = signs.allSatisfy {
            if case .name(let name) = $0 { name.first?.isUppercase ?? false } else { false }
        }
        if signs.count > 1, areCapitals { return nil }
        return try? ExpressionParser.parse(AnswerUnits.strip(tokens).number)
    }

    /// `x`, `x_1`, `f(2)`, `AB`, `\angle ABC`, `|AB|`, `\cos A`, `(x, y)`, or words: something that has a value, rather
    /// than a condition on one.
    private static func name(_ tokens: ArraySlice<AnswerToken>) -> String? {
        let signs = tokens.filter { $0 != .space }
        guard let first = signs.first else { return nil }
        let letters = signs.compactMap { if case .name(let name) = $0 { name } else { nil } }
        let areCapitals =
            !letters.isEmpty && letters.allSatisfy { $0.first?.isUppercase == true || $0.count > 1 || $0 == "θ" }
        let isName: Bool
        switch first {
        case .word: isName = signs.allSatisfy { if case .word = $0 { true } else { false } }
        case .name where letters.count == signs.count && letters.count > 1: isName = areCapitals
        case .name where signs.contains(.symbol(":")):
            // `a:b = 2:3`
            isName = signs.split(separator: .symbol(":"), omittingEmptySubsequences: false).allSatisfy { isValue($0) }
        case .name where signs.dropFirst().first == .symbol("_") && signs.count > 3:
            // `m_{\max}`
            let index = AnswerStructure(ArraySlice(signs.dropFirst(2)))
            isName = index?.isOneGroup ?? false
        case .name: isName = isValue(tokens)
        case .command("angle"), .command("triangle"), .command("overline"), .command("bar"), .command("widehat"),
            .command("hat"):
            isName = !signs.contains { $0 == .symbol("+") || $0 == .symbol("-") || $0 == .symbol("*") }
        case .symbol("|"): isName = signs.last == .symbol("|") && areCapitals && letters.count == signs.count - 2
        case .command(let name) where AnswerSigns.functions.contains(name):
            isName =
                areCapitals && letters.count <= 3 && signs.count <= letters.count + 3
                && !signs.contains { if case .number = $0 { true } else { $0 == .symbol("^") } }
        case .symbol("("):
            let names = signs.dropFirst().dropLast().split(separator: .symbol(","), omittingEmptySubsequences: false)
            isName = signs.last == .symbol(")") && names.count > 1 && names.allSatisfy { isValue($0[...]) }
        default: isName = false
        }
        return isName ? spelled(tokens) : nil
    }

    private static func isValue(_ tokens: some Collection<AnswerToken>) -> Bool {
        guard let expression = try? ExpressionParser.parse(ArraySlice(tokens)) else { return false }
        switch expression {
        case .name(let name): return !["π", "e", "i", "∞", "ℝ", "∅"].contains(name)
        case .application: return true
        default: return false
        }
    }
}

extension Expression {
    /// Whether it contains no letters.
    fileprivate var isClosed: Bool {
        switch self {
        case .number: true
        case .name(let name): ["π", "e", "i", "°"].contains(name) || name.first?.isNumber == true
        case .sum(let parts), .product(let parts): parts.allSatisfy(\.isClosed)
        case .negative(let inner), .inverse(let inner), .root(let inner, _), .factorial(let inner),
            .absolute(let inner):
            inner.isClosed
        case .power(let left, let right), .binomial(let left, let right): left.isClosed && right.isClosed
        case .function(_, let base, let inner): (base?.isClosed ?? true) && inner.isClosed
        case .application(let name, let places): name.first?.isNumber == true && places.allSatisfy(\.isClosed)
        }
    }
}

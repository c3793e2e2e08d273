/// Alternative spellings of the same answer.
extension AnswerReader {
    /// `]0, 1[` is the open interval `(0, 1)`.
    static func halfOpen(_ tokens: ArraySlice<AnswerToken>) -> ArraySlice<AnswerToken> {
        guard tokens.count > 3, let first = tokens.first, let last = tokens.last,
            first == .symbol("]") || last == .symbol("["),
            tokens.contains(.symbol(",")) || tokens.contains(.symbol(";")),
            [.symbol("]"), .symbol("["), .symbol("(")].contains(first),
            [.symbol("]"), .symbol("["), .symbol(")")].contains(last),
            AnswerStructure(tokens.dropFirst().dropLast()) != nil
        else { return tokens }
        let open: AnswerToken = first == .symbol("]") ? .symbol("(") : first
        let close: AnswerToken = last == .symbol("[") ? .symbol(")") : last
        return ArraySlice([open] + tokens.dropFirst().dropLast() + [close])
    }

    /// `(C) 12` in a multiple choice is 12.
    static func withoutLetter(_ tokens: ArraySlice<AnswerToken>) -> ArraySlice<AnswerToken>? {
        guard tokens.count > 3, tokens.starts(with: [.symbol("(")]), tokens.dropFirst(2).first == .symbol(")"),
            tokens.dropFirst(3).first == .space, let next = tokens.dropFirst(4).first
        else { return nil }
        switch next {
        case .number, .command("frac"), .command("sqrt"): break
        default: guard AnswerUnits.currencies.contains(next) else { return nil }
        }
        switch tokens.dropFirst().first {
        case .name(let letter), .word(let letter):
            return letter.count == 1 && ("A"..."E").contains(letter) ? tokens.dropFirst(4) : nil
        default: return nil
        }
    }

    /// `P(1, 2)`, a named point.
    static func namedPoint(_ tokens: ArraySlice<AnswerToken>, depth: Int) -> AnswerValue? {
        let signs = tokens.filter { $0 != .space }
        guard case .name(let name)? = signs.first, name.count == 1, ("A"..."Z").contains(name), name != "C",
            let place = AnswerStructure(signs.dropFirst()), place.isOneBracket, signs.dropFirst().first == .symbol("("),
            case .sequence(let open, let parts, let close) = read(place.tokens, depth: depth + 1),
            parts.allSatisfy({ if case .quantity = $0 { true } else { false } })
        else { return nil }
        return .sequence(open: open, parts, close: close)
    }

    /// A number or a sign before a matrix, as in `\frac{1}{2}\begin{pmatrix} 2 \\ 4 \end{pmatrix}`.
    static func scaledMatrix(_ tokens: ArraySlice<AnswerToken>, depth: Int) -> AnswerValue? {
        guard tokens.last == .command("end pmatrix"), tokens.first != .command("begin pmatrix"),
            let start = tokens.firstIndex(of: .command("begin pmatrix")),
            AnswerStructure(tokens[start...])?.isOneBracket == true,
            case .matrix(let rows) = read(tokens[start...], depth: depth + 1)
        else { return nil }
        var scale = bare(tokens[..<start])
        while scale.last == .symbol("*") || scale.last == .space { scale.removeLast() }
        if scale.elementsEqual([.symbol("-")]) { scale = [.symbol("-"), .number("1")] }
        guard case .quantity(let factor) = expression(scale) else { return nil }
        var scaled: [[AnswerValue]] = []
        for row in rows {
            var entries: [AnswerValue] = []
            for entry in row {
                guard case .quantity(let quantity) = entry else { return nil }
                entries.append(.quantity(quantity.times(factor)))
            }
            scaled.append(entries)
        }
        return .matrix(scaled)
    }

    /// Adjacent sets of elements are one set.
    package static func union(_ parts: [AnswerValue]) -> AnswerValue {
        var members: [AnswerValue] = []
        for part in parts {
            guard case .collection(let elements) = part else { return merged(parts) }
            members += elements
        }
        return .collection(members.unique)
    }

    private static let numberWords: [String: Int128] = {
        let words = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        ]
        return Dictionary(uniqueKeysWithValues: zip(words, 0...))
    }()

    package static func number(ofWord word: String) -> Int128? { numberWords[word.lowercased()] }

    /// `six`
    static func numberWord(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue? {
        guard tokens.count == 1, case .word(let word)? = tokens.first, let number = number(ofWord: word) else {
            return nil
        }
        return expression([.number("\(number)")])
    }

    private static let scales: [String: Int128] = [
        "dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000,
        "trillion": 1_000_000_000_000,
    ]

    /// `3 million`
    package static func scaled(_ tokens: ArraySlice<AnswerToken>) -> Expression? {
        guard case .word(let word)? = tokens.last, let scale = scales[word.lowercased()] else { return nil }
        let number = bare(tokens.dropLast())
        guard number.count == 1, case .number(let digits)? = number.first, let value = Rational(decimal: digits) else {
            return nil
        }
        return .product([.number(value), .number(Rational(integer: scale))])
    }

    // MARK: Inequalities and intervals

    /// A relation; if it is between one name and rational numbers, solved for the name: `2x > 6` is `x > 3`.
    package static func solved(_ parts: [AnswerValue], _ signs: [String]) -> AnswerValue {
        let asIs = AnswerValue.relation(parts, signs: signs)
        guard signs.count == 1, case .quantity(let low) = parts[0], case .quantity(let high) = parts[1] else {
            return asIs
        }
        let difference = Expression.sum([high.expression, .negative(low.expression)])
        guard let form = try? difference.fraction(), let linear = form.linear else { return asIs }
        let name = read(linear.name)
        let bound = AnswerValue.quantity(
            .init(
                expression: .number(linear.root), form: Fraction(Polynomial(linear.root)), text: "\(linear.root)",
                isDecimal: low.isDecimal || high.isDecimal))
        return linear.ascends && signs != ["≠"]
            ? .relation([bound, name], signs: signs) : .relation([name, bound], signs: signs)
    }

    /// Merges intervals without a gap between them: `(0, 2) \cup (1, 3)` is `(0, 3)`.
    package static func merged(_ parts: [AnswerValue]) -> AnswerValue {
        let intervals = parts.compactMap(Interval.init).sorted { $0.low < $1.low }
        guard intervals.count == parts.count, var last = intervals.first else { return .union(parts) }
        var merged: [Interval] = []
        for next in intervals.dropFirst() {
            let touches = next.low == last.high && (next.isClosedBelow || last.isClosedAbove)
            guard next.low < last.high || touches, next.low != last.low else {
                merged.append(last)
                last = next
                continue
            }
            if next.high > last.high || next.high == last.high && next.isClosedAbove {
                (last.high, last.end, last.isClosedAbove) = (next.high, next.end, next.isClosedAbove)
            }
        }
        merged.append(last)
        guard merged.count < parts.count else { return .union(parts) }
        return merged.count == 1 ? merged[0].value : .union(merged.map(\.value))
    }

    private struct Interval {
        var (low, high): (Double, Double)
        var (start, end): (AnswerValue, AnswerValue)
        var (isClosedBelow, isClosedAbove): (Bool, Bool)

        init?(_ value: AnswerValue) {
            guard case .sequence(let open, let ends, let close) = value, ends.count == 2, "([".contains(open),
                ")]".contains(close), let low = Self.number(ends[0]), let high = Self.number(ends[1]), low < high
            else { return nil }
            (self.low, self.high, start, end) = (low, high, ends[0], ends[1])
            (isClosedBelow, isClosedAbove) = (open == "[", close == "]")
        }

        private static func number(_ end: AnswerValue) -> Double? {
            guard case .quantity(let quantity) = end else { return nil }
            switch quantity.expression {
            case .name("∞"): return .infinity
            case .negative(.name("∞")): return -.infinity
            default: return quantity.expression.value
            }
        }

        var value: AnswerValue {
            .sequence(open: isClosedBelow ? "[" : "(", [start, end], close: isClosedAbove ? "]" : ")")
        }
    }
}

extension Fraction {
    /// For `ax + b` with rational numbers: the name, the root, and whether it ascends; nil otherwise.
    fileprivate var linear: (name: String, root: Rational, ascends: Bool)? {
        guard bottom == Polynomial(.one) else { return nil }
        let rest = top.terms.filter { $0.key != Polynomial.Monomial() }
        guard let (monomial, slope) = rest.first, rest.count == 1, monomial.radicand == 1,
            let name = monomial.exponents.first,
            monomial.exponents.count == 1, name.value == 1, name.key.count == 1, name.key.first?.isLetter == true,
            !["π", "e", "i"].contains(name.key), let inverse = slope.inverse,
            let root = (top.terms[Polynomial.Monomial()] ?? .zero).negated.times(inverse)
        else { return nil }
        return (name.key, root, slope.numerator > 0)
    }
}

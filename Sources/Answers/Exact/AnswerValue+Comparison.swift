/// The result of comparing two answers.
package enum Comparison: Sendable {
    case same, different
    /// Shown neither to be equal nor to differ.
    case undecided

    /// Combines the results of parts that must all be equal.
    package static func all(_ parts: some Sequence<Comparison>) -> Comparison {
        var all = Comparison.same
        for part in parts {
            if part == .different { return .different }
            if part == .undecided { all = .undecided }
        }
        return all
    }
}

extension AnswerValue {
    /// The tolerance of the RSD authors, which makes `33.33` and `100/3` equal. It applies only to non-integers, at
    /// least one of them written with a decimal point: integers and exact forms must be equal exactly.
    static let tolerance = 1e-4

    /// Whether an answer means the same as the gold answer.
    func compared(to gold: AnswerValue) -> Comparison {
        switch (self, gold) {
        case (.equation, .equation): return equation(comparedTo: gold)
        case (.equation(_, _, let value?, _), _): return value.compared(to: gold)
        case (_, .equation(_, _, let value?, _)): return compared(to: value)
        case (.quantity(let left), .quantity(let right)): return left.compared(to: right)
        case (.sequence(let open, let parts, let close), .sequence(let goldOpen, let goldParts, let goldClose)):
            let isVector = Set([open, goldOpen]) == ["(", "⟨"] && Set([close, goldClose]) == [")", "⟩"]
            guard open == goldOpen && close == goldClose || isVector else { return .different }
            let verdict = Self.inOrder(parts, goldParts)
            return open == ":" && verdict != .same ? Self.ratios(parts, goldParts, unlike: verdict) : verdict
        case (.relation(let parts, let signs), .relation(let goldParts, let goldSigns)):
            if signs.count == 1, signs == goldSigns, signs == ["≠"] {
                // The order of the sides does not matter.
                let turned = Self.inOrder(parts.reversed(), goldParts)
                return turned == .same ? .same : Self.inOrder(parts, goldParts)
            }
            return signs == goldSigns ? Self.inOrder(parts, goldParts) : .different
        case (.sequence(":", let parts, _), .quantity(let gold)): return Self.ratio(parts, comparedTo: gold)
        case (.quantity(let answer), .sequence(":", let parts, _)): return Self.ratio(parts, comparedTo: answer)
        case (.collection(let parts), .sequence("(", let golds, ")")):
            return Self.byName(parts).map { Self.inOrder($0, golds) } ?? .different
        case (.sequence("(", let parts, ")"), .collection(let golds)):
            return Self.byName(golds).map { Self.inOrder(parts, $0) } ?? .different
        case (.relation, .sequence), (.relation, .union):
            return interval.map { $0.compared(to: gold) } ?? .different
        case (.sequence, .relation), (.union, .relation):
            return gold.interval.map { compared(to: $0) } ?? .different
        case (.collection(let parts), .union):
            let intervals = parts.compactMap(\.interval)
            return intervals.count == parts.count ? AnswerValue.union(intervals).compared(to: gold) : .different
        case (.union, .collection(let goldParts)):
            let intervals = goldParts.compactMap(\.interval)
            return intervals.count == goldParts.count ? compared(to: .union(intervals)) : .different
        case (.matrix(let rows), .matrix(let goldRows)):
            guard rows.map(\.count) == goldRows.map(\.count) else { return .different }
            return Self.inOrder(Array(rows.joined()), Array(goldRows.joined()))
        case (.collection(let parts), .collection(let goldParts)), (.union(let parts), .union(let goldParts)):
            return Self.members(parts, goldParts)
        // One value, possibly in several forms: `15 39/40, or 639/40`.
        case (.collection(let parts), _) where Self.isOneValue(parts): return parts[0].compared(to: gold)
        case (_, .collection(let parts)) where parts.count == 1: return compared(to: parts[0])
        default:
            if key == gold.key || spelling == gold.spelling { return .same }
            if let said, said == gold.said { return .same }
            return isFormula || gold.isFormula ? .undecided : .different
        }
    }

    /// Its signs in sequence, or its key.
    private var spelling: String { if case .quantity(let quantity) = self { quantity.text } else { key } }

    /// The words alone, without articles, hyphens and quotation marks.
    private var said: String? {
        guard case .text(let text, isFormula: false) = self,
            text.allSatisfy({ $0.isLetter || " -'\"`.".contains($0) })
        else { return nil }
        var words = text.split { " '\"`.".contains($0) }[...]
        if words.count > 1, let first = words.first, ["a", "an", "the"].contains(first.lowercased()) {
            words.removeFirst()
        }
        guard words.joined().count > 2 else { return nil }
        return words.map { $0 == "solutions" ? "solution" : String($0) }.joined().replacing("-", with: "")
    }

    private var isFormula: Bool {
        if case .text(_, let isFormula) = self { isFormula } else { false }
    }

    private func equation(comparedTo gold: AnswerValue) -> Comparison {
        guard case .equation(let name, let left, let value, let text) = self,
            case .equation(let goldName, let right, let goldValue, let goldText) = gold
        else { return .different }
        if text == goldText { return .same }
        var verdict = Comparison.different
        if let left, let right {
            verdict = left.isMultiple(of: right)
            if verdict == .same { return .same }
        }
        guard let value, let goldValue else { return left == nil || right == nil ? .undecided : verdict }
        guard Self.mayBeOneName(name, goldName) else { return .different }
        return value.compared(to: goldValue)
    }

    /// `x > 5` as the interval (5, ∞); nil for other relations.
    private var interval: AnswerValue? {
        guard case .relation(let parts, let signs) = self else { return nil }
        if signs == ["≠"] { return isName(parts[0]) ? AnswerReader.line(without: [parts[1]]) : nil }
        guard !signs.contains("≠") else { return nil }
        func isName(_ value: AnswerValue) -> Bool {
            if case .quantity(let quantity) = value, case .name(let name) = quantity.expression {
                name != "π" && name != "e"
            } else {
                false
            }
        }
        switch parts.count {
        case 3 where isName(parts[1]):
            return .sequence(
                open: signs[0] == "≤" ? "[" : "(", [parts[0], parts[2]], close: signs[1] == "≤" ? "]" : ")")
        case 2 where isName(parts[0]) && !isName(parts[1]):
            return .sequence(open: "(", [AnswerReader.read("-∞"), parts[1]], close: signs[0] == "≤" ? "]" : ")")
        case 2 where isName(parts[1]) && !isName(parts[0]):
            return .sequence(open: signs[0] == "≤" ? "[" : "(", [parts[0], AnswerReader.read("∞")], close: ")")
        default: return nil
        }
    }

    // MARK: Parts

    private static func inOrder(_ parts: [AnswerValue], _ golds: [AnswerValue]) -> Comparison {
        guard parts.count == golds.count else { return .different }
        return .all(zip(parts, golds).lazy.map { $0.compared(to: $1) })
    }

    /// Whether two ratios are equal after scaling, such as 4:6 and 2:3.
    private static func ratios(_ parts: [AnswerValue], _ golds: [AnswerValue], unlike verdict: Comparison) -> Comparison
    {
        let parts = parts.compactMap(\.quantity)
        let golds = golds.compactMap(\.quantity)
        guard parts.count == golds.count, let first = parts.first, let goldFirst = golds.first else { return verdict }
        return .all(
            zip(parts, golds).map { part, gold in
                part.times(goldFirst).compared(to: gold.times(first))
            })
    }

    /// `2:3` against 2/3. A whole number is not a ratio.
    private static func ratio(_ parts: [AnswerValue], comparedTo gold: Quantity) -> Comparison {
        guard parts.count == 2, let first = parts[0].quantity, let second = parts[1].quantity,
            second.expression.value != 0, gold.form?.rational?.isInteger != true
        else { return .different }
        return first.compared(to: gold.times(second))
    }

    /// `x = 1, y = 2` in the order of the names; nil unless each value has a name of its own.
    private static func byName(_ parts: [AnswerValue]) -> [AnswerValue]? {
        let names = parts.compactMap(\.definedName)
        guard names.count == parts.count, parts.count > 1, Set(names).count == names.count else { return nil }
        return zip(names, parts).sorted { $0.0 < $1.0 }.map(\.1)
    }

    private var quantity: Quantity? { if case .quantity(let quantity) = self { quantity } else { nil } }

    private static func isOneValue(_ parts: [AnswerValue]) -> Bool {
        guard let first = parts.first, parts.count <= 8 else { return false }
        return parts.dropFirst().allSatisfy { $0.compared(to: first) == .same }
    }

    /// Whether each member has its own partner, in any order.
    private static func members(_ parts: [AnswerValue], _ golds: [AnswerValue]) -> Comparison {
        guard parts.count == golds.count else { return .different }
        let named = tellsNamesApart(parts + golds)
        if memberKeys(parts, named: named) == memberKeys(golds, named: named) { return .same }
        guard parts.count <= 32 else { return .different }
        var (rest, alone) = (golds, [AnswerValue]())
        for part in parts {
            let partner = rest.firstIndex {
                (!named || mayBeOneName(part.definedName, $0.definedName)) && part.compared(to: $0) == .same
            }
            if let partner { rest.remove(at: partner) } else { alone.append(part) }
        }
        let mayMatch =
            alone.allSatisfy { part in rest.contains { part.compared(to: $0) == .undecided } }
            && rest.allSatisfy { gold in alone.contains { $0.compared(to: gold) == .undecided } }
        return alone.isEmpty ? .same : mayMatch ? .undecided : .different
    }

    /// Whether two names are compatible: `x` matches both `x_1` and `x_2`, `y` matches `f(x)`, and a missing name
    /// matches any.
    private static func mayBeOneName(_ name: String?, _ other: String?) -> Bool {
        guard let name, let other else { return true }
        if name == other || other.hasPrefix(name + "_") || name.hasPrefix(other + "_") { return true }
        return [name, other].sorted() == ["f(x)", "y"]
    }
}

// MARK: Quantities

extension AnswerValue.Quantity {
    func compared(to gold: Self) -> Comparison {
        if AnswerUnits.contradict(units, gold.units) { return .different }
        let verdict = value(comparedTo: gold)
        guard verdict != .same, isPercent != gold.isPercent else { return verdict }
        guard let share = isPercent ? hundredth : gold.hundredth else { return verdict }
        let shares = isPercent ? share.value(comparedTo: gold) : value(comparedTo: share)
        return verdict == .undecided && shares == .different ? verdict : shares
    }

    private var hundredth: Self? {
        guard let hundredth = Rational(1, over: 100) else { return nil }
        return times(Self(expression: .number(hundredth), text: "%"))
    }

    func times(_ other: Self) -> Self {
        var product = self
        product.expression = .product([expression, other.expression])
        product.form = try? product.expression.fraction()
        product.text += "*\(other.text)"
        return product
    }

    private func value(comparedTo gold: Self) -> Comparison {
        if text == gold.text { return .same }
        let equal = form.flatMap { left in gold.form.flatMap { left.equals($0) } }
        if equal == true { return .same }
        if expression.dividesByZero || gold.expression.dividesByZero { return .different }
        if isDecimal || gold.isDecimal, form?.rational?.isInteger != true, gold.form?.rational?.isInteger != true,
            let left = expression.value, let right = gold.expression.value
        {
            return abs(left - right) <= AnswerValue.tolerance * max(abs(left), abs(right)) ? .same : .different
        }
        if equal == false, form?.isDecided == true, gold.form?.isDecided == true { return .different }
        return expression.surelyDiffers(from: gold.expression) ? .different : .undecided
    }

    /// For differences of the sides of equations: whether one is a multiple of the other.
    func isMultiple(of other: Self) -> Comparison {
        guard let left = form, let right = other.form else { return text == other.text ? .same : .undecided }
        // An identity has no meaning.
        if left.top.terms.isEmpty || right.top.terms.isEmpty { return .different }
        var work = FractionWork()
        guard let first = try? work.product(left.top, right.bottom),
            let second = try? work.product(right.top, left.bottom)
        else { return .undecided }
        if first.primitive == second.primitive { return .same }
        return left.isDecided && right.isDecided ? .different : .undecided
    }
}

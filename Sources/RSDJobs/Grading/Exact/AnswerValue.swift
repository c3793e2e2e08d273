/// An answer as far as it is understood.
indirect enum AnswerValue: Sendable {
    /// - Parameters:
    ///   - isDecimal: whether it is written with a decimal point.
    ///   - isPercent: whether a percent sign follows.
    case expression(Polynomial, isDecimal: Bool, isPercent: Bool)
    /// - Parameters:
    ///   - name: the left side, where it is a name.
    ///   - difference: of both sides, divided by one of its coefficients; nil where they are not understood.
    ///   - value: the right side, where the left one is a name or a number.
    case equation(name: String?, difference: Polynomial?, value: AnswerValue?)
    /// `a < b ≤ c`, turned so that it ascends.
    case relation([AnswerValue], signs: [String])
    /// A tuple, a point or an interval, with its brackets.
    case sequence(open: String, [AnswerValue], close: String)
    /// A set, or answers side by side.
    case collection([AnswerValue])
    case union([AnswerValue])
    case matrix([[AnswerValue]])
    case text(String)

    /// The same for equal answers, as far as they are understood to be equal.
    var key: String {
        switch self {
        case .expression(let polynomial, _, _): polynomial.key
        case .equation(_, let difference, let value): value?.key ?? difference.map { "0=" + $0.key } ?? ""
        case .relation(let parts, let signs):
            zip(parts, [""] + signs).map { $1 + $0.key }.joined()
        case .sequence(let open, let parts, let close): open + parts.map(\.key).joined(separator: ", ") + close
        case .collection(let parts):
            "{" + Self.memberKeys(parts, named: Self.tellsNamesApart(parts)).joined(separator: ", ") + "}"
        case .union(let parts): parts.map(\.key).sorted().joined(separator: "∪")
        case .matrix(let rows):
            "matrix[" + rows.map { $0.map(\.key).joined(separator: ", ") }.joined(separator: "; ") + "]"
        case .text(let text): text
        }
    }

    /// Its number, where it is one.
    var rational: Rational? {
        guard case .expression(let polynomial, _, _) = self else { return nil }
        return polynomial.rational
    }
}

// MARK: Equality

extension AnswerValue {
    /// The authors' tolerance, which makes `33.33` and `100/3` equal. It holds only for numbers that are no integers, of
    /// which at least one is written with a decimal point: integers and exact forms must be equal exactly.
    static let tolerance = 1e-4

    /// Whether an answer says the same as the gold answer.
    func matches(_ gold: AnswerValue) -> Bool {
        switch (self, gold) {
        case (.equation(_, let left, let value), .equation(_, let right, let goldValue)):
            if let left, let right, left == right { return true }
            guard let value, let goldValue else { return key == gold.key }
            return value.matches(goldValue)
        case (.equation(_, _, let value?), _): return value.matches(gold)
        case (_, .equation(_, _, let value?)): return matches(value)
        case (
            .expression(let left, let isDecimal, let isPercent),
            .expression(let right, let goldDecimal, let goldPercent)
        ):
            if Self.equal(left, right, isDecimal: isDecimal || goldDecimal) { return true }
            guard isPercent != goldPercent, let hundredth = Rational(1, over: 100),
                let share = try? (isPercent ? left : right).times(Polynomial(hundredth))
            else { return false }
            return Self.equal(share, isPercent ? right : left, isDecimal: isDecimal || goldDecimal)
        case (.sequence(let open, let parts, let close), .sequence(let goldOpen, let goldParts, let goldClose)):
            return open == goldOpen && close == goldClose && Self.allMatch(parts, goldParts)
        case (.relation(let parts, let signs), .relation(let goldParts, let goldSigns)):
            return signs == goldSigns && Self.allMatch(parts, goldParts)
        case (.matrix(let rows), .matrix(let goldRows)):
            return rows.map(\.count) == goldRows.map(\.count)
                && Self.allMatch(Array(rows.joined()), Array(goldRows.joined()))
        case (.collection(let parts), .collection(let goldParts)), (.union(let parts), .union(let goldParts)):
            return Self.sameMembers(parts, goldParts)
        case (.collection(let parts), _) where parts.count == 1: return parts[0].matches(gold)
        case (_, .collection(let parts)) where parts.count == 1: return matches(parts[0])
        default: return key == gold.key
        }
    }

    private static func equal(_ left: Polynomial, _ right: Polynomial, isDecimal: Bool) -> Bool {
        if left == right { return true }
        guard isDecimal, left.rational?.isInteger != true, right.rational?.isInteger != true,
            let a = left.double, let b = right.double
        else { return false }
        return abs(a - b) <= tolerance * max(abs(a), abs(b))
    }

    private static func allMatch(_ parts: [AnswerValue], _ golds: [AnswerValue]) -> Bool {
        parts.count == golds.count && zip(parts, golds).allSatisfy { $0.matches($1) }
    }

    /// Whether each member has a partner of its own, in any order.
    private static func sameMembers(_ parts: [AnswerValue], _ golds: [AnswerValue]) -> Bool {
        guard parts.count == golds.count else { return false }
        let named = tellsNamesApart(parts) || tellsNamesApart(golds)
        if memberKeys(parts, named: named) == memberKeys(golds, named: named) { return true }
        guard parts.count <= 32 else { return false }
        var rest = golds
        return parts.allSatisfy { part in
            let partner = rest.firstIndex { part.matches($0) && (!named || part.mayBeNamed(as: $0)) }
            guard let partner else { return false }
            rest.remove(at: partner)
            return true
        }
    }

    // MARK: Names within a collection

    /// What it gives a value to, as `x` in `x = 5`.
    private var definedName: String? {
        guard case .equation(let name, _, _?) = self else { return nil }
        return name
    }

    /// Whether it counts which value belongs to which name: it does in `x = 1, y = 2`, and not in `x = 1, x = 2`.
    private static func tellsNamesApart(_ parts: [AnswerValue]) -> Bool {
        Set(parts.compactMap(\.definedName)).count > 1
    }

    private static func memberKeys(_ parts: [AnswerValue], named: Bool) -> [String] {
        parts.map { part in
            guard named, let name = part.definedName else { return part.key }
            return "\(name)=\(part.key)"
        }
        .sorted()
    }

    /// Whether two names do not contradict each other: `x` is any of `x_1` and `x_2`, and no name is any.
    private func mayBeNamed(as other: AnswerValue) -> Bool {
        guard let name = definedName, let otherName = other.definedName else { return true }
        return name == otherName || otherName.hasPrefix(name + "_") || name.hasPrefix(otherName + "_")
    }
}

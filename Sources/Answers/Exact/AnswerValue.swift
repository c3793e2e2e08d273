/// An answer as far as it is understood.
package indirect enum AnswerValue: Sendable {
    case quantity(Quantity)
    /// - Parameters:
    ///   - name: the side that is a name, or a value that has one, such as `f(2)`.
    ///   - difference: of both sides; nil where they are not understood.
    ///   - value: the other side.
    ///   - text: its signs side by side.
    case equation(name: String?, difference: Quantity?, value: AnswerValue?, text: String)
    /// `a < b ≤ c`, turned so that it ascends.
    case relation([AnswerValue], signs: [String])
    /// A tuple, a point or an interval, with its brackets.
    case sequence(open: String, [AnswerValue], close: String)
    /// A set, or answers side by side.
    case collection([AnswerValue])
    case union([AnswerValue])
    case matrix([[AnswerValue]])
    /// - Parameter isFormula: whether it is mathematics that is not understood, and no words.
    case text(String, isFormula: Bool)

    /// An expression, and what stood beside it.
    package struct Quantity: Sendable {
        var expression: Expression
        /// nil where the expression has no canonical form.
        var form: Fraction?
        /// Its signs side by side.
        var text: String
        /// Whether it is written with a decimal point.
        var isDecimal = false
        /// Whether a percent sign follows.
        var isPercent = false
        /// Kinds of what it counts or measures, see ``AnswerUnits``.
        var units: Set<String> = []

        var key: String { form?.key ?? text }
    }

    /// The same for equal answers, as far as they are understood to be equal.
    var key: String {
        switch self {
        case .quantity(let quantity): quantity.key
        case .equation(_, let difference, let value, let text):
            value?.key ?? difference?.form.map { "0=" + $0.top.primitive.key } ?? text
        case .relation(let parts, let signs):
            zip(parts, [""] + signs).map { $1 + $0.key }.joined()
        case .sequence(let open, let parts, let close): open + parts.map(\.key).joined(separator: ", ") + close
        case .collection(let parts):
            "{" + Self.memberKeys(parts, named: Self.tellsNamesApart(parts)).joined(separator: ", ") + "}"
        case .union(let parts): parts.map(\.key).sorted().joined(separator: "∪")
        case .matrix(let rows):
            "matrix[" + rows.map { $0.map(\.key).joined(separator: ", ") }.joined(separator: "; ") + "]"
        case .text(let text, _): text
        }
    }

    /// Its number, where it is one.
    var rational: Rational? {
        guard case .quantity(let quantity) = self else { return nil }
        return quantity.form?.rational
    }

    // MARK: Names within a collection

    /// What it gives a value to, as `x` in `x = 5`.
    var definedName: String? {
        guard case .equation(let name, _, _?, _) = self else { return nil }
        return name
    }

    /// Whether it counts which value belongs to which name: it does in `x = 1, y = 2`, and not in `x = 1, x = 2`.
    static func tellsNamesApart(_ parts: [AnswerValue]) -> Bool {
        Set(parts.compactMap(\.definedName)).count > 1
    }

    static func memberKeys(_ parts: [AnswerValue], named: Bool) -> [String] {
        parts.map { part in
            guard named, let name = part.definedName else { return part.key }
            return "\(name)=\(part.key)"
        }
        .sorted()
    }
}

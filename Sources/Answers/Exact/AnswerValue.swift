/// An answer, as far as it is understood.
package indirect enum AnswerValue: Sendable {
    case quantity(Quantity)
    /// - Parameters:
    ///   - name: the side that is a name, or a value with a name, such as `f(2)`.
    ///   - difference: left side minus right side; nil if they are not understood.
    ///   - value: the other side.
    ///   - text: its signs in sequence.
    case equation(name: String?, difference: Quantity?, value: AnswerValue?, text: String)
    /// `a < b ≤ c`, turned so that it ascends.
    case relation([AnswerValue], signs: [String])
    /// A tuple, a point or an interval, with its brackets.
    case sequence(open: String, [AnswerValue], close: String)
    /// A set, or several answers.
    case collection([AnswerValue])
    case union([AnswerValue])
    case matrix([[AnswerValue]])
    /// - Parameter isFormula: whether it is mathematics that is not understood, rather than words.
    case text(String, isFormula: Bool)

    /// An expression with its unit and spelling.
    package struct Quantity: Sendable {
        var expression: Expression
        /// nil if the expression has no canonical form.
        var form: Fraction?
        /// Its signs in sequence.
        var text: String
        /// Whether it is written with a decimal point.
        var isDecimal = false
        /// Whether a percent sign follows.
        var isPercent = false
        /// Kinds of its units, see ``AnswerUnits``.
        var units: Set<String> = []

        var key: String { form?.key ?? text }
    }

    /// Equal for equal answers, as far as equality can be decided.
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

    /// Its value, if it is a rational number.
    var rational: Rational? {
        guard case .quantity(let quantity) = self else { return nil }
        return quantity.form?.rational
    }

    // MARK: Names within a collection

    /// The name to which it gives a value, such as `x` in `x = 5`.
    var definedName: String? {
        guard case .equation(let name, _, _?, _) = self else { return nil }
        return name
    }

    /// Whether it matters which value belongs to which name: it does in `x = 1, y = 2`, but not in `x = 1, x = 2`.
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

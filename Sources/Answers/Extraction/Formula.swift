/// A LaTeX formula in a text.
struct Formula {
    /// Including its delimiters.
    let range: Range<Int>
    let content: Range<Int>
    /// Whether it is on lines of its own.
    let isDisplayed: Bool

    /// The formula that starts here; nil if there is none.
    ///
    /// A dollar sign opens a formula if no blank follows, and closes it if no blank precedes and no digit follows:
    /// others are money, as in `$5 and $7`.
    init?(_ scalars: [Unicode.Scalar], at start: Int) {
        guard let first = scalars.at(start), first == "$" || first == "\\" else { return nil }
        guard first == "\\" || start == 0 || scalars[start - 1] != "\\" else { return nil }
        guard let (open, close) = Self.delimiters.first(where: { scalars.has($0.open, at: start) }) else { return nil }
        let begin = start + open.count
        isDisplayed = close != Self.dollar && close != Self.parenthesis
        let limit = min(scalars.count, begin + Self.longest)
        var index = begin
        while index < limit {
            if isDisplayed || close == Self.parenthesis, scalars.has(close, at: index) { break }
            if close == Self.dollar, scalars[index] == "$" { break }
            if !isDisplayed, scalars[index] == "\n", scalars.at(index + 1) == "\n" { return nil }
            index += scalars[index] == "\\" && close == Self.dollar ? 2 : 1
        }
        guard index < limit, scalars[begin..<index].contains(where: { !$0.isBlank && $0 != "\n" }) else { return nil }
        if close == Self.dollar {
            guard !scalars[begin].isBlank, !scalars[index - 1].isBlank, !(scalars.at(index + 1)?.isDigit ?? false)
            else {
                return nil
            }
        }
        content = begin..<index
        range = start..<(index + close.count)
    }

    /// A longer one is not an answer.
    private static let longest = 2000
    private static let dollar: [Unicode.Scalar] = ["$"]
    private static let parenthesis: [Unicode.Scalar] = ["\\", ")"]

    private static let delimiters: [(open: [Unicode.Scalar], close: [Unicode.Scalar])] =
        [("$$", "$$"), ("$", "$"), (#"\("#, #"\)"#), (#"\["#, #"\]"#)].map { ($0.0.scalars, $0.1.scalars) }
        + ["equation", "equation*", "align", "align*", "gather", "gather*"].map {
            (#"\begin{\#($0)}"#.scalars, #"\end{\#($0)}"#.scalars)
        }

    /// All formulas of a text.
    static func all(in scalars: [Unicode.Scalar]) -> [Formula] {
        var formulas: [Formula] = []
        var index = 0
        while index < scalars.count {
            if let formula = Formula(scalars, at: index) {
                formulas.append(formula)
                index = formula.range.upperBound
            } else {
                index += scalars[index] == "\\" || scalars[index] == "$" && scalars.at(index + 1) == "$" ? 2 : 1
            }
        }
        return formulas
    }
}

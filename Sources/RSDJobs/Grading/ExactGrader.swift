import Foundation

/// Compares answers as numbers, simple expressions, tuples, sets and text. Needs no Python and knows little algebra.
///
/// It takes over what is sound of the Qwen2.5-Math evaluation's `math_equal`, and leaves out what is not: `28` is not
/// `0.28` (but `28%` is either), `[a, b]` is not `(a, b)`, and integers are equal exactly or not at all.
public struct ExactGrader: Grader {
    public init() {}

    public static let id = "exact/3"

    public func prepare() -> String { Self.id }

    public func grade(_ pairs: [GradingPair]) -> [Grade] {
        pairs.map { pair in
            guard let answer = pair.answer else { return Grade(.empty) }
            return isCorrect(answer, gold: pair.gold, choices: pair.choices) ? Grade(.right) : Grade(.wrong)
        }
    }

    /// - Parameters:
    ///   - answer: what was found in a response; nil or blank is always wrong.
    ///   - choices: the texts of a multiple choice, if it is one, in the order of the letters.
    public func isCorrect(_ answer: String?, gold: String, choices: [String] = []) -> Bool {
        let found = Self.trimmed(answer ?? "")
        let wanted = Self.trimmed(AnswerExtraction.boxed(in: gold) ?? gold)
        guard !found.isEmpty else { return false }
        if found == wanted { return true }
        if let letter = ChoiceLetter(gold: wanted, choices: choices) { return letter.isMeant(by: found) }
        return Self.isSame(found, wanted)
    }

    static func isSame(_ found: String, _ wanted: String) -> Bool {
        let (answer, gold) = (AnswerReader.read(found), AnswerReader.read(wanted))
        if answer.matches(gold) { return true }
        if gold.rational != nil, let counted = AnswerReader.countedNumber(found) { return counted.matches(gold) }
        if answer.rational != nil, let counted = AnswerReader.countedNumber(wanted) { return answer.matches(counted) }
        // `1,234` may be two numbers, where both are written without blanks.
        guard found.contains(","), wanted.contains(",") else { return false }
        return AnswerReader.read(found, groupsThousands: false)
            .matches(AnswerReader.read(wanted, groupsThousands: false))
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

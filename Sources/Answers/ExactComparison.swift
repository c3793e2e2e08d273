import Foundation
import Support

/// Compares answers as numbers, simple expressions, tuples, sets and text. Its algebra is limited.
///
/// Based on the sound parts of `math_equal` from the Qwen2.5-Math evaluation, without the unsound ones: `28` is not
/// `0.28` (but `28%` is either), `[a, b]` is not `(a, b)`, and integers must be equal exactly.
package enum ExactComparison {
    /// - Parameters:
    ///   - answer: the answer found in a response; nil or blank is always different.
    ///   - choices: the texts of a multiple choice in the order of the letters; empty for other problems.
    package static func compare(_ answer: String?, gold: String, choices: [String]) -> Comparison {
        let found = Self.trimmed(answer ?? "")
        let wanted = Self.trimmed(AnswerExtraction.boxed(in: gold) ?? gold)
        guard !found.isEmpty else { return .different }
        if found == wanted { return .same }
        if let letter = ChoiceLetter(gold: wanted, choices: choices) {
            return letter.isMeant(by: found) ? .same : .different
        }
        return Self.compare(found, wanted)
    }

    package static func isSame(_ found: String, _ wanted: String) -> Bool { compare(found, wanted) == .same }

    private static func compare(_ found: String, _ wanted: String) -> Comparison {
        // Most answers: nothing has to be read to tell them apart.
        if isWholeNumber(found), isWholeNumber(wanted) { return found == wanted ? .same : .different }
        let (answer, gold) = (AnswerReader.read(found), AnswerReader.read(wanted))
        let verdict = answer.compared(to: gold)
        if verdict == .same { return .same }
        if gold.rational != nil, answer.rational == nil, let counted = AnswerReader.countedNumber(found) {
            return counted.compared(to: gold)
        }
        if answer.rational != nil, gold.rational == nil, let counted = AnswerReader.countedNumber(wanted) {
            return answer.compared(to: counted)
        }
        // `1,234` may be two numbers if both are written without blanks.
        guard found.contains(",") || wanted.contains(",") else { return verdict }
        let apart = AnswerReader.read(found, groupsThousands: false)
            .compared(to: AnswerReader.read(wanted, groupsThousands: false))
        return apart == .same ? .same : verdict
    }

    /// Whether it is written in digits alone, in the only way to write that number in digits.
    private static func isWholeNumber(_ text: String) -> Bool {
        text.utf8.count < 19 && text.utf8.allSatisfy(\.isDigit) && (text.utf8.first != UInt8(ascii: "0") || text == "0")
            && !text.isEmpty
    }

    private static func trimmed(_ text: String) -> String {
        // A sign of its own at either end: nothing is cut off.
        if let first = text.utf8.first, let last = text.utf8.last, min(first, last) > 0x20, max(first, last) < 0x7F {
            return text
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

import Foundation
import Support

/// The gold answer of a multiple-choice problem.
package struct ChoiceLetter {
    package let letter: Character
    package let choices: [String]

    /// nil if the gold answer is not a letter of the choices, or, without choices, not from A to E.
    package init?(gold: String, choices: [String]) {
        let spelled = AnswerSpelling.plain(gold)
        // Nothing below makes a capital of what is none.
        guard spelled.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
            let letter = Self.plain(spelled).wholeMatch(of: Self.letterAlone)?.1.first,
            let index = Self.letters.firstIndex(of: letter),
            index < (choices.isEmpty ? 5 : choices.count)
        else { return nil }
        self.letter = letter
        self.choices = choices.map(AnswerSpelling.plain)
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let letterAlone = Pattern(/[(\[]?([A-Z])[)\]]?[.:]?/)

    /// Whether an answer names the letter, or gives the text of this choice and of no other.
    ///
    /// A single capital within the choices is a letter, since the prompt asks for one, even if it is also the text of a
    /// choice.
    package func isMeant(by answer: String) -> Bool {
        guard answer.utf8.count <= [AnswerToken].longestAnswer else { return false }
        return isMeant(bySpelled: AnswerSpelling.plain(answer))
    }

    private func isMeant(bySpelled answer: String) -> Bool {
        let alone = Self.alone(in: answer)
        if let alone, isChoice(alone) { return alone == letter }
        if let isText = isText(answer, in: Self.plain) { return isText }
        if let small = alone?.uppercased().first, isChoice(small) { return small == letter }
        if let isText = isText(answer, in: Self.loose) { return isText }
        if Self.namesSeveral(answer) { return false }
        if let named = Self.named(in: answer), isChoice(named) { return named == letter }
        guard let gold, ExactComparison.isSame(answer, gold) else { return false }
        return choices.allSatisfy { Self.plain($0) == Self.plain(gold) || !ExactComparison.isSame(answer, $0) }
    }

    private var gold: String? { choices.isEmpty ? nil : Self.letters.firstIndex(of: letter).map { choices[$0] } }

    /// Without choices, any letter may be one.
    private func isChoice(_ letter: Character) -> Bool {
        Self.letters.prefix(choices.isEmpty ? Self.letters.count : choices.count).contains(letter)
    }

    // MARK: Texts

    /// Whether an answer is the text of this choice when both are in the given form; nil if it matches no choice.
    private func isText(_ answer: String, in form: (String) -> String) -> Bool? {
        let said = form(answer)
        let meant = choices.filter { form($0) == said }
        guard let gold, !meant.isEmpty else { return nil }
        return meant.allSatisfy { Self.plain($0) == Self.plain(gold) }
    }

    /// The text without LaTeX styling.
    private static func plain(_ text: String) -> String {
        text.replacing(styledText) { $0.output.1 }
            .replacing(escapedSign) { $0.output.1 }
            .replacing(formulaMark, with: "")
            .replacing(blanks, with: " ")
            .trimmingCharacters(in: .whitespaces)
    }

    private static let styledText = Pattern(
        /\\(?:text(?:bf|it|rm|tt|normal)?|mbox|mathrm|mathbf)\s*\{((?:[^{}]|\{[^{}]*\})*)\}/)
    private static let escapedSign = Pattern(/\\([%_&#])/)
    private static let formulaMark = Pattern(/\\[()$]|\$/)
    private static let blanks = Pattern(/(?:\\[ ,;]|[~\s])+/)

    /// The same, ignoring case, blanks around signs, and a final full stop.
    private static func loose(_ text: String) -> String {
        plain(text).lowercased().replacing(spacedSign) { $0.output.1 }.replacing(fullStop, with: "")
    }

    private static let spacedSign = Pattern(/\s?([^\w\s])\s?/)
    private static let fullStop = Pattern(/\.$/)

    // MARK: Letters

    /// The answer without LaTeX and without the words that introduce a letter.
    private static func stripped(_ answer: String) -> Substring {
        var text = answer.replacing(latex, with: " ")[...]
        text.trimPrefix(leadingWords)
        return text
    }

    private static let latex = Pattern(/\\[A-Za-z]+|[{}$*\\]/)
    private static let leadingWords = Pattern(
        /\s*(the|correct|answer|option|choice|is|选项|答案|选|是|:|\s)*\s*/.ignoresCase())

    /// The letter, in either case, if the answer consists of nothing else, as in `B`, `(b)`, `\text{(B).}`, `option B`.
    private static func alone(in answer: String) -> Character? {
        stripped(answer).wholeMatch(of: spacedLetter)?.1.first
    }

    private static let spacedLetter = Pattern(/[(\[]?\s*([A-Za-z])\s*[)\]]?[.:,]?\s*/)

    /// Whether an answer names several letters, such as `A, B` or `(A) or (B)`, and so chooses none.
    private static func namesSeveral(_ answer: String) -> Bool {
        let text = stripped(answer)
        return text.wholeMatch(of: letterList) != nil && Set(text.matches(of: capital).map(\.output)).count > 1
    }

    private static let letterList = Pattern(
        /(?:\([A-Z]\)\s*){2,}|\(?[A-Z]\)?(?:(?:\s*(?:,|;|\/|&|and|or))+\s*\(?[A-Z]\)?)+\s*\.?\s*/)
    private static let capital = Pattern(/[A-Z]/)

    /// The capital at the start of an answer, such as `(B) 12`, `B. 12`, `B because x > 0`; otherwise the last one in
    /// brackets.
    private static func named(in answer: String) -> Character? {
        let text = stripped(answer)
        if let match = text.prefixMatch(of: firstLetter) { return match.1.first }
        return text.matches(of: bracketedLetter).last?.1.first
    }

    private static let firstLetter = Pattern(
        /\(?([A-Z])(?:[).:,]|\s*$|\s+[^A-Za-z\s+*=^\/-]|\s+(?:because|since|as|for|so|with|when|where|which|by|due)\b)/)
    private static let bracketedLetter = Pattern(/\(([A-Z])\)/)
}

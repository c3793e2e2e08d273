import Foundation

/// The gold answer of a multiple-choice problem.
package struct ChoiceLetter {
    package let letter: Character
    package let choices: [String]

    /// nil if the gold answer is not a letter of the choices, or, without choices, not from A to E.
    package init?(gold: String, choices: [String]) {
        let bare = Self.plain(AnswerSpelling.plain(gold)).wholeMatch(of: /[(\[]?([A-Z])[)\]]?[.:]?/)
        guard let letter = bare?.1.first, let index = Self.letters.firstIndex(of: letter),
            index < (choices.isEmpty ? 5 : choices.count)
        else { return nil }
        self.letter = letter
        self.choices = choices.map(AnswerSpelling.plain)
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

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
        text.replacing(/\\(?:text(?:bf|it|rm|tt|normal)?|mbox|mathrm|mathbf)\s*\{((?:[^{}]|\{[^{}]*\})*)\}/) {
            $0.output.1
        }
        .replacing(/\\([%_&#])/) { $0.output.1 }
        .replacing(/\\[()$]|\$/, with: "")
        .replacing(/(?:\\[ ,;]|[~\s])+/, with: " ")
        .trimmingCharacters(in: .whitespaces)
    }

    /// The same, ignoring case, blanks around signs, and a final full stop.
    private static func loose(_ text: String) -> String {
        plain(text).lowercased().replacing(/\s?([^\w\s])\s?/) { $0.output.1 }.replacing(/\.$/, with: "")
    }

    // MARK: Letters

    /// The answer without LaTeX and without the words that introduce a letter.
    private static func stripped(_ answer: String) -> Substring {
        var text = answer.replacing(/\\[A-Za-z]+|[{}$*\\]/, with: " ")[...]
        text.trimPrefix(/\s*(the|correct|answer|option|choice|is|选项|答案|选|是|:|\s)*\s*/.ignoresCase())
        return text
    }

    /// The letter, in either case, if the answer consists of nothing else, as in `B`, `(b)`, `\text{(B).}`, `option B`.
    private static func alone(in answer: String) -> Character? {
        stripped(answer).wholeMatch(of: /[(\[]?\s*([A-Za-z])\s*[)\]]?[.:,]?\s*/)?.1.first
    }

    /// Whether an answer names several letters, such as `A, B` or `(A) or (B)`, and so chooses none.
    private static func namesSeveral(_ answer: String) -> Bool {
        let list = /(?:\([A-Z]\)\s*){2,}|\(?[A-Z]\)?(?:(?:\s*(?:,|;|\/|&|and|or))+\s*\(?[A-Z]\)?)+\s*\.?\s*/
        let text = stripped(answer)
        return text.wholeMatch(of: list) != nil && Set(text.matches(of: /[A-Z]/).map(\.output)).count > 1
    }

    /// The capital at the start of an answer, such as `(B) 12`, `B. 12`, `B because x > 0`; otherwise the last one in
    /// brackets.
    private static func named(in answer: String) -> Character? {
        let text = stripped(answer)
        let first =
            /\(?([A-Z])(?:[).:,]|\s*$|\s+[^A-Za-z\s+*=^\/-]|\s+(?:because|since|as|for|so|with|when|where|which|by|due)\b)/
        if let match = text.prefixMatch(of: first) { return match.1.first }
        return text.matches(of: /\(([A-Z])\)/).last?.1.first
    }
}

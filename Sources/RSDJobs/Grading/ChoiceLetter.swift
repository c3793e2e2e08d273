/// The gold answer of a multiple choice.
struct ChoiceLetter {
    let letter: Character
    let choices: [String]

    /// nil where the gold answer is no letter of the choices; without choices it is one from A to E.
    init?(gold: String, choices: [String]) {
        let bare =
            gold.count == 3 && gold.hasPrefix("(") && gold.hasSuffix(")") ? String(gold.dropFirst().dropLast()) : gold
        guard bare.count == 1, let letter = bare.first, let index = Self.letters.firstIndex(of: letter),
            index < (choices.isEmpty ? 5 : choices.count)
        else { return nil }
        self.letter = letter
        self.choices = choices
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    /// Whether an answer names the letter, or says what the choice says.
    ///
    /// A letter alone is the letter of a choice, also where it is the text of another one: that is what the question asks for.
    /// After that the very text of a choice decides, since one may be all but another: "true, false" and "false, true".
    func isMeant(by answer: String) -> Bool {
        guard let index = Self.letters.firstIndex(of: letter) else { return false }
        let plain = Self.plain(answer)
        if let alone = plain.wholeMatch(of: /\(?([A-Z])\)?/)?.1.first, isChoice(alone) { return alone == letter }
        let said = choices.indices.filter { Self.plain(choices[$0]) == plain }
        if !said.isEmpty { return said.contains(index) }
        let lower = plain.lowercased()
        let saidInOtherCase = choices.indices.filter { Self.plain(choices[$0]).lowercased() == lower }
        if !saidInOtherCase.isEmpty { return saidInOtherCase == [index] }
        let same = choices.indices.filter { ExactGrader.isSame(answer, choices[$0]) }
        if !same.isEmpty { return same == [index] }
        guard let named = Self.named(in: answer), isChoice(named) else { return false }
        return named == letter
    }

    /// Without choices every letter may be one.
    private func isChoice(_ letter: Character) -> Bool {
        guard let index = Self.letters.firstIndex(of: letter) else { return false }
        return choices.isEmpty || index < choices.count || letter == self.letter
    }

    /// Without styling, dollars, repeated blanks, and the full stop at its end.
    private static func plain(_ text: String) -> String {
        guard text.utf8.count <= [AnswerToken].longestAnswer else { return text }
        var words = text.replacing(/\\(?:text|textbf|textit|mathrm|mathbf|mathit)\s*(?={)|[${}]/, with: "")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if words.hasSuffix(".") { words.removeLast() }
        return words
    }

    /// The letter that an answer begins with, such as `B`, `(B)`, `B. 12`, `\text{(B)}`, `option B`, `B because …`; else its
    /// last one that stands in brackets.
    static func named(in answer: String) -> Character? {
        guard answer.utf8.count <= [AnswerToken].longestAnswer else { return nil }
        var text = answer.replacing(/\\[A-Za-z]+|[{}$*\\]/, with: " ")[...]
        text.trimPrefix(/\s*(the|correct|answer|option|choice|is|:|\s)*\s*/.ignoresCase())
        if let match = text.prefixMatch(
            of: /\(?([A-Z])(?:[).:,]|\s*$|\s+[^A-Za-z\s+*=^\/-]|\s+(?:because|since|as|which|due|by)\b)/)
        {
            return match.1.first
        }
        if let match = text.wholeMatch(of: /\s*\(?([a-z])\)?\s*\.?\s*/) { return match.1.uppercased().first }
        return text.matches(of: /\(([A-Z])\)/).last?.1.first
    }
}

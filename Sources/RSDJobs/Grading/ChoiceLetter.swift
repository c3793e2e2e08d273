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
    func isMeant(by answer: String) -> Bool {
        if let named = Self.named(in: answer) { return named == letter }
        guard let index = Self.letters.firstIndex(of: letter), choices.indices.contains(index) else { return false }
        return ExactGrader.isSame(answer, choices[index])
    }

    /// The letter that an answer begins with, such as `B`, `(B)`, `B. 12`, `\text{(B)}`, `option B`; else its last one that
    /// stands in brackets.
    static func named(in answer: String) -> Character? {
        guard answer.utf8.count <= [AnswerToken].longestAnswer else { return nil }
        var text = answer.replacing(/\\[A-Za-z]+|[{}$*\\]/, with: " ")[...]
        text.trimPrefix(/\s*(the|correct|answer|option|choice|is|:|\s)*\s*/.ignoresCase())
        if let match = text.prefixMatch(of: /\(?([A-Z])(?:[).:,]|\s*$|\s+[^A-Za-z\s+*=^\/-])/) { return match.1.first }
        if let match = text.wholeMatch(of: /\s*\(?([a-z])\)?\s*\.?\s*/) { return match.1.uppercased().first }
        return text.matches(of: /\(([A-Z])\)/).last?.1.first
    }
}

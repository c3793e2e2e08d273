/// The text right after the words that announce an answer.
///
/// The answer ends with its sentence, or before a comment on it: `15, as required`, `42, not 41`, `15 because …`, `15
/// (approximately)`, `15个苹果`. Lists, units and conditions belong to it: `2, 3 and 5`, `17 apples`, `1 if n is even`.
struct AnswerSentence {
    let scalars: [Unicode.Scalar]
    /// Start of the sentence, and the scalar after the answer in it.
    let start: Int
    private(set) var end: Int
    /// The formula at its start, with delimiters.
    private var formula: Formula?

    /// - Parameters:
    ///   - place: after the announcing words. Blanks, Markdown and line breaks are skipped.
    ///   - others: further signs to skip.
    init(_ scalars: [Unicode.Scalar], at place: Int, passing others: Set<Unicode.Scalar> = []) {
        self.scalars = scalars
        var index = place
        var isLineStart = false
        scan: while index < scalars.count {
            let (scalar, next) = (scalars[index], index + 1 < scalars.count ? scalars[index + 1] : "\n")
            switch scalar {
            case "\n": isLineStart = true
            case " ", "\t", ":", "*", "_", "`", "\"", "'", "“", "”", "‘", "’", "「", "『", "】", "》", "}", "«", "»", "→",
                "⇒":
                break
            case "." where next.isBlank || next == ".", "…": break
            case "<" where scalars[index...].prefix(8).contains(">") && next.isASCIILetter:
                // `<b>15</b>`
                index = scalars[index...].firstIndex(of: ">") ?? index
            case "|" where next.isBlank: break
            case "#" where isLineStart, ">" where isLineStart: break
            case "-" where isLineStart && (next.isBlank || next == "-"), "•" where isLineStart: break
            case _ where scalar.isOrnament || others.contains(scalar): break
            default: break scan
            }
            index += 1
        }
        start = index
        end = index
        formula = Formula(scalars, at: index)
        end =
            formula.map { $0.isDisplayed ? $0.range.upperBound : endOfAnswer(from: $0.range.upperBound) }
            ?? endOfAnswer(from: index)
    }

    /// nil if there is none.
    var answer: String? {
        if let formula, formula.range.upperBound == end || isWordsOnly(formula.range.upperBound..<end) {
            let inner = AnswerExtraction.trimmed(scalars.string(formula.content))
            if !inner.isEmpty { return inner }
        }
        let words = Self.bare(scalars.string(start..<end))
        return words.isEmpty ? nil : words
    }

    /// Whether words only name what a formula counts. Words that change the number belong to the answer.
    private func isWordsOnly(_ range: Range<Int>) -> Bool {
        let words = scalars.string(range)
        if words.unicodeScalars.contains(where: { $0.isNumeral || "$\\(,;:=+-*/^<>".unicodeScalars.contains($0) }) {
            return false
        }
        return words.split(whereSeparator: { !$0.isLetter }).allSatisfy {
            !AnswerWording.changing.contains($0.lowercased())
        }
    }

    // MARK: The end of the answer

    private func endOfAnswer(from first: Int) -> Int {
        var depth = 0
        var index = first
        let limit = min(scalars.count, first + Self.longest)
        while index < limit {
            let scalar = scalars[index]
            if scalar == "\n" || scalar == "。" { return index }
            if let inner = Formula(scalars, at: index), !inner.isDisplayed {
                index = inner.range.upperBound
                continue
            }
            switch scalar {
            case "\\": index += 1
            case "(", "[", "{":
                if depth == 0, scalar != "{", isComment(inBracketAt: index) { return index }
                depth += 1
            case ")", "]", "}":
                if depth == 0, index > start { return index }
                depth -= 1
            case _ where depth <= 0 && ends(at: index):
                return scalar == "." && word(before: index).contains(".") ? index + 1 : index
            default: break
            }
            index += 1
        }
        return min(index, limit)
    }

    /// Longer text is not an answer.
    private static let longest = 1000

    private func ends(at index: Int) -> Bool {
        let scalar = scalars[index]
        switch scalar {
        case "?": return true
        case "…": return hasMathematics(index) && (scalars.at(index + 1).map { $0 == "\n" } ?? true)
        case ".": return endsSentence(at: index)
        case "!":
            // `5! = 120` and `5!/2` go on.
            let rest = scalars[index...].drop { $0 == "!" }
            guard let next = rest.first(where: { !$0.isBlank }) else { return true }
            return !"=+-*/^)}\\,<>".unicodeScalars.contains(next)
        case ",", ";": return hasMathematics(index) && isComment(at: index + 1)
        case "|":
            return index > start && scalars[index - 1].isBlank
                && (scalars.at(index + 1).map { $0.isBlank || $0 == "\n" } ?? true)
        case "<": return scalars.at(index + 1) == "/" || scalars.has("<br".scalars, at: index)
        case "—", "–", "-":
            guard index > start, scalars[index - 1].isBlank || scalar == "—" else { return false }
            let next = scalars.at(index + 1)
            return hasMathematics(index) && (next.map { $0.isBlank || scalar == "—" } ?? true)
                && isComment(at: index + 1)
        case _ where scalar.isOrnament: return index > start
        case _ where scalar.isEastAsian:
            return hasMathematics(index) && !AnswerWording.counting.contains(scalar)
        case _ where scalar.isASCIILetter && index > start && scalars[index - 1].isBlank:
            return isComment(wordAt: index) && hasMathematics(index)
        default: return false
        }
    }

    /// Whether the full stop ends a sentence, not an abbreviation such as `p.m.` or `E. coli`.
    private func endsSentence(at index: Int) -> Bool {
        guard let next = scalars.at(index + 1) else { return true }
        let before = word(before: index)
        let previous = index > start ? scalars[index - 1] : " "
        guard next.isBlank || next == "\n" || "\"'”’*_`)$".unicodeScalars.contains(next) else {
            // `15.Then`, `15.所以`
            return (previous.isDigit || ")}$".unicodeScalars.contains(previous)) && (next.isCapital || next.isEastAsian)
        }
        guard
            let after = scalars[(index + 1)...].first(where: {
                !$0.isBlank && !"\"'”’*_`)$".unicodeScalars.contains($0)
            })
        else { return true }
        let isLower = after.isASCIILetter && !after.isCapital
        if before.count == 1, before[0].isASCIILetter { return !isLower }
        let isAbbreviated =
            before.contains(".")
            || AnswerWording.abbreviations.contains(String(String.UnicodeScalarView(before)).lowercased())
        return !isAbbreviated || !(isLower || after.isDigit)
    }

    /// Whether a word without a comma before it starts a comment.
    private func isComment(wordAt index: Int) -> Bool {
        let word = word(at: index)
        if scalars.has("i.e".scalars, at: index) || scalars.has("e.g".scalars, at: index) { return true }
        guard AnswerWording.comments.contains(word) || word == "and" else { return false }
        let next = scalars[(index + word.count)...].firstIndex { !$0.isBlank }.map { self.word(at: $0) } ?? ""
        if word == "and" { return AnswerWording.continuations.contains(next) }
        // `15 as well as 16`
        let isSecond = index >= start + 5 && scalars.has("well ".scalars, at: index - 5)
        return next != "well" && next != "also" && !isSecond
    }

    /// Whether the text from here comments on the answer, rather than being part of it like a list's next element.
    private func isComment(at place: Int) -> Bool {
        guard let first = scalars[min(place, scalars.count)...].firstIndex(where: { !$0.isBlank }) else { return true }
        if scalars[first] == "\n" { return true }
        if scalars[first].isEastAsian { return !AnswerWording.counting.contains(scalars[first]) }
        guard scalars[first].isASCIILetter else { return false }
        let word = word(at: first)
        if scalars.has("i.e".scalars, at: first) || scalars.has("e.g".scalars, at: first) { return true }
        if word == "and" || word == "or" {
            return isComment(at: first + word.count)
        }
        return word.count > 1 && !AnswerWording.listed.contains(word)
    }

    /// Whether brackets contain a comment on the answer: `(approximately)`, not `(mod 7)` or `(or 16)`.
    private func isComment(inBracketAt index: Int) -> Bool {
        guard index > start, hasMathematics(index) else { return false }
        let first = index + 1
        guard let head = scalars.at(first) else { return false }
        if head.isEastAsian { return true }
        guard scalars[index - 1].isBlank, head.isASCIILetter else { return false }
        let word = word(at: first)
        return word.count > 1 && !AnswerWording.inBrackets.contains(word)
    }

    /// Whether the text before this place contains a number or a formula, or is a single letter such as a choice's.
    private func hasMathematics(_ index: Int) -> Bool {
        let before = scalars[start..<index]
        if formula != nil || before.contains(where: { $0.isNumeral || $0 == "$" || $0 == "\\" || $0 == "π" }) {
            return true
        }
        let letters = before.filter { !" \t*_`()\"'".unicodeScalars.contains($0) }
        return letters.count == 1 && letters[letters.startIndex].isASCIILetter
    }

    private func word(at index: Int) -> String {
        let rest = scalars[index...]
        return scalars.string(index..<(rest.firstIndex { !$0.isASCIILetter } ?? scalars.count)).lowercased()
    }

    /// The word before a full stop, back to the previous blank.
    private func word(before index: Int) -> [Unicode.Scalar] {
        Array(scalars[start..<index].reversed().prefix(12).prefix { !$0.isBlank && $0 != "(" }.reversed())
    }

    // MARK: Surrounding signs

    private static let around: Set<Unicode.Scalar> = [
        " ", "\t", "\n", "*", "_", "`", "\"", "'", "“", "”", "‘", "’", "「", "」", "『", "』", "《", "》", "«", "»", "~",
    ]

    /// The text without surrounding blanks, Markdown, quotation marks and punctuation.
    static func bare(_ text: String) -> String {
        var scalars = text.scalars[...]
        while let first = scalars.first, around.contains(first) || first.isOrnament { scalars.removeFirst() }
        trim: while let last = scalars.last {
            switch last {
            case ",", ";", ":", "?": break
            case ".":
                // `p.m.`
                let letters = Array(scalars.suffix(4))
                if letters.count == 4, letters[0].isASCIILetter, letters[1] == ".", letters[2].isASCIILetter {
                    break trim
                }
            case "$" where scalars.count { $0 == "$" } % 2 == 1: break
            case _ where around.contains(last) || last.isOrnament: break
            default: break trim
            }
            scalars.removeLast()
        }
        // `**15** apples`
        let words = withoutEmphasis(Array(scalars))
        // An en dash before a number is a minus sign.
        guard words.unicodeScalars.first == "–" || words.unicodeScalars.first == "-" else { return words }
        let rest = words.dropFirst().drop { $0 == " " }
        return rest.unicodeScalars.first.map { $0.isNumeral || $0 == "\\" || $0 == "$" } ?? false ? "-" + rest : words
    }

    /// `**15** apples` is `15 apples`, and so is `_15_ apples` with its first sign removed; `2**3` is a power.
    private static func withoutEmphasis(_ scalars: [Unicode.Scalar]) -> String {
        var kept = String.UnicodeScalarView()
        var index = 0
        func isWord(_ place: Int) -> Bool {
            scalars.at(place).map { $0.isNumeral || $0.isLetter || $0 == ")" || $0 == "(" } ?? false
        }
        while index < scalars.count {
            if scalars.has(["*", "*"], at: index), !(isWord(index - 1) && isWord(index + 2)) {
                index += 2
            } else {
                let isClosing = "*_\"'”’」』".unicodeScalars.contains(scalars[index]) && isWord(index - 1)
                let isLeft = isClosing && scalars.at(index + 1) == " " && scalars.at(index + 2)?.isLetter ?? false
                if !isLeft, scalars[index] != "`" { kept.append(scalars[index]) }
                index += 1
            }
        }
        return String(kept)
    }
}

extension [Unicode.Scalar] {
    func at(_ index: Int) -> Unicode.Scalar? { indices.contains(index) ? self[index] : nil }
}

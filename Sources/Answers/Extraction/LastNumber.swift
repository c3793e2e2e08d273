/// The last number of a text, for responses that do not mark or announce an answer.
///
/// It includes what changes its value: the surrounding formula, fraction or brackets, a sign, an operator, a word such
/// as *million*. In an equation, it is the text after the last equals sign.
struct LastNumber {
    private let scalars: [Unicode.Scalar]

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    static func find(in scalars: [Unicode.Scalar]) -> String? { LastNumber(scalars).find() }

    /// The number of numbers; each formula counts as one.
    static func count(in scalars: [Unicode.Scalar]) -> Int {
        var (count, index) = (0, 0)
        while index < scalars.count {
            if let formula = Formula(scalars, at: index) {
                count += 1
                index = formula.range.upperBound
                continue
            }
            if scalars[index].isNumeral {
                count += 1
                while index + 1 < scalars.count,
                    scalars[index + 1].isNumeral
                        || ".,/:^".unicodeScalars.contains(scalars[index + 1])
                            && scalars.at(index + 2)?.isNumeral ?? false
                { index += 1 }
            }
            index += 1
        }
        return count
    }

    private func find() -> String? {
        guard let last = scalars.lastIndex(where: \.isNumeral) else { return nil }
        let offset = paragraphStart(of: last)
        let paragraph = Array(scalars[offset...].prefix(2 * Self.longestParagraph))
        if let formula = Formula.all(in: paragraph).last(where: { $0.range.contains(last - offset) }) {
            let content = AnswerExtraction.trimmed(Self.result(of: Array(paragraph[formula.content])))
            return content.isEmpty ? nil : content
        }
        let range = widened(token(around: last))
        let text = AnswerSentence.bare(Self.result(of: Array(scalars[range])))
        return text.isEmpty ? nil : text
    }

    /// How far back the start of a formula is searched for.
    private static let longestParagraph = 4096

    private func paragraphStart(of place: Int) -> Int {
        var start = place
        while start > 0, place - start < Self.longestParagraph,
            !(scalars[start - 1] == "\n" && (start < 2 || scalars[start - 2] == "\n"))
        {
            start -= 1
        }
        return start
    }

    /// The text after the last equals sign outside braces.
    private static func result(of scalars: [Unicode.Scalar]) -> String {
        var (depth, start) = (0, 0)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "{", "(", "[": depth += 1
            case "}", ")", "]": depth -= 1
            case "=" where depth == 0:
                let before = index > 0 ? scalars[index - 1] : " "
                if !"<>!≤≥:".unicodeScalars.contains(before) { start = index + 1 }
            default: break
            }
        }
        return scalars.string(start..<scalars.count)
    }

    // MARK: The token

    private static func belongs(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isNumeral || scalar.isLetter && !scalar.isEastAsian
            || ".,/:^*×·÷+-−–()[]√π%‰°_{}\\=<>≤≥≈±".unicodeScalars.contains(scalar)
    }

    /// The text around a digit without blanks and without the sentence's punctuation.
    private func token(around digit: Int) -> Range<Int> {
        var (start, end) = (digit, digit + 1)
        while start > 0, digit - start < 400, Self.belongs(scalars[start - 1]) { start -= 1 }
        while end < scalars.count, end - digit < 400, Self.belongs(scalars[end]) { end += 1 }
        trim: while start < digit || end > digit + 1 {
            let (first, last) = (scalars[start], scalars[end - 1])
            let (opening, closing) = (count("([{", start..<end), count(")]}", start..<end))
            if end > digit + 1,
                ".,:;*_-–=<>+/^\\".unicodeScalars.contains(last)
                    || opening < closing && ")]}".unicodeScalars.contains(last) && opens(before: start) == nil
            {
                end -= 1
            } else if start < digit,
                ",:*_=<>/^)]}≈".unicodeScalars.contains(first)
                    || opening > closing && "([{".unicodeScalars.contains(first)
                    || opening == closing && closing > 0 && "([{".unicodeScalars.contains(first)
                        && ")]}".unicodeScalars.contains(last) && count(",", start..<end) == 0 && end > digit + 1
            {
                start += 1
            } else if start < digit, first == ".", !scalars[start + 1].isDigit {
                start += 1
            } else {
                break trim
            }
        }
        return start..<end
    }

    private func count(_ signs: String, _ range: Range<Int>) -> Int {
        scalars[range].count { signs.unicodeScalars.contains($0) }
    }

    /// The bracket still open before a place on its line, if it contains no words: `(3, 4)`.
    private func opens(before place: Int) -> Int? {
        var (index, depth) = (place - 1, 0)
        while index >= 0, place - index < 200 {
            let scalar = scalars[index]
            if scalar == "\n" || scalar.isLetter && scalars.at(index - 1)?.isLetter ?? false { return nil }
            if ")]}".unicodeScalars.contains(scalar) { depth += 1 }
            if "([{".unicodeScalars.contains(scalar) {
                if depth == 0 { return scalars.at(index - 1) == "\\" ? index - 1 : index }
                depth -= 1
            }
            index -= 1
        }
        return nil
    }

    // MARK: Parts of the number

    private func widened(_ token: Range<Int>) -> Range<Int> {
        var (start, end) = (token.lowerBound, token.upperBound)
        if count("([{", token) < count(")]}", token), let open = opens(before: start) { return open..<end }
        // `10 000`, `2 1/2`
        let digits = scalars[start..<end]
        if digits.count == 3, digits.allSatisfy(\.isDigit) {
            while let before = number(endingAt: start), before.count <= 3 {
                start = before.lowerBound
                if before.count < 3 { break }
            }
        } else if digits.contains("/"), let whole = number(endingAt: start) {
            start = whole.lowerBound
        }
        // `10 - 5`, `= - 5`, `5 + x`
        while let operand = operand(before: start) { start = operand }
        while let operand = operand(after: end) { end = operand }
        return start..<endOfWords(after: end)
    }

    /// A number of digits alone that ends one blank before a place.
    private func number(endingAt place: Int) -> Range<Int>? {
        guard scalars.at(place - 1) == " ", scalars.at(place - 2)?.isDigit ?? false else { return nil }
        var start = place - 2
        while start > 0, scalars[start - 1].isDigit { start -= 1 }
        if let before = scalars.at(start - 1), Self.belongs(before) || before == "$" { return nil }
        return start..<(place - 1)
    }

    private static let operators = "+-−–*/×·÷^±".unicodeScalars

    /// The start of the operand or sign that an operator joins to the text at a place.
    private func operand(before place: Int) -> Int? {
        guard let sign = scalars[..<place].lastIndex(where: { !$0.isBlank }), Self.operators.contains(scalars[sign])
        else {
            return nil
        }
        guard let last = scalars[..<sign].lastIndex(where: { !$0.isBlank }), scalars[last] != "\n" else { return nil }
        if "=:(<>≈".unicodeScalars.contains(scalars[last]) { return sign }
        guard scalars[last].isNumeral || ")}π%".unicodeScalars.contains(scalars[last]) || isSingleLetter(last) else {
            return nil
        }
        var start = last
        while start > 0, Self.belongs(scalars[start - 1]), scalars[start - 1] != "=", place - start < 400 { start -= 1 }
        return start
    }

    private func operand(after place: Int) -> Int? {
        guard let sign = scalars[place...].firstIndex(where: { !$0.isBlank }) else { return nil }
        if sign > place, "π√".unicodeScalars.contains(scalars[sign]) { return end(from: sign) }
        guard Self.operators.contains(scalars[sign]) || scalars[sign] == "≈",
            let first = scalars[(sign + 1)...].firstIndex(where: { !$0.isBlank })
        else { return nil }
        guard "(√π\\".unicodeScalars.contains(scalars[first]) || isSingleLetter(first) else { return nil }
        return end(from: first)
    }

    private func end(from place: Int) -> Int {
        var end = place + 1
        while end < scalars.count, Self.belongs(scalars[end]), end - place < 400 { end += 1 }
        while end > place + 1, ".,:;".unicodeScalars.contains(scalars[end - 1]) { end -= 1 }
        return end
    }

    private func isSingleLetter(_ place: Int) -> Bool {
        scalars[place].isASCIILetter && !(scalars.at(place - 1)?.isLetter ?? false)
            && !(scalars.at(place + 1)?.isLetter ?? false)
    }

    /// A word or sign that changes the number: `3 million`, `3 and a half`, `3万`.
    private func endOfWords(after place: Int) -> Int {
        if let next = scalars.at(place), next.isEastAsian {
            return AnswerWording.multiplying.contains(next) ? place + 1 : place
        }
        let rest = scalars[place...].prefix(40)
        let words = String(String.UnicodeScalarView(rest)).lowercased()
        for word in AnswerWording.multipliers where words.hasPrefix(" " + word) {
            return place + word.unicodeScalars.count + 1
        }
        return place
    }
}

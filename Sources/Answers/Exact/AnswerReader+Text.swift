import Support

extension AnswerReader {
    package static func text(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue {
        .text(spelled(tokens), isFormula: isFormula(tokens))
    }

    /// Commands that occur only in mathematics.
    private static let mathematics: Set = AnswerSigns.functions.union([
        "frac", "sqrt", "binom", "sum", "prod", "int", "iint", "oint", "lim", "lfloor", "lceil", "partial", "nabla",
        "over",
        "choose", "equiv", "pmod", "bmod", "mod", "dots", "max", "min", "gcd", "det", "Re", "Im", "arg", "operatorname",
        "setminus", "backslash", "overline", "dot", "ddot", "begin cases", "arccot", "vdots",
    ])

    /// Whether it is mathematics that the reader does not understand, rather than words.
    private static func isFormula(_ tokens: ArraySlice<AnswerToken>) -> Bool {
        var isSaid = false
        for token in tokens {
            switch token {
            case .word(let word) where word.count > 1: return false
            case .word, .name, .number: isSaid = true
            default: break
            }
        }
        return isSaid
            && tokens.contains { token in
                switch token {
                case .command(let name): mathematics.contains(name)
                case .symbol(let sign): ["^", "!"].contains(sign)
                default: false
                }
            }
    }

    /// The tokens in sequence: blanks only between words and between numbers, no braces around a single sign.
    static func spelled(_ tokens: ArraySlice<AnswerToken>) -> String {
        var pieces: [String] = []
        var (afterWord, afterNumber) = (false, false)
        let tokens = Array(tokens)
        let hasWords = tokens.contains { if case .word(let word) = $0 { word.count > 1 } else { false } }
        // With indices, as in CO_2, the case of letters counts.
        let keepsCase = !hasWords || tokens.contains(.symbol("_")) || tokens.contains(.symbol("^"))
        for (index, token) in tokens.enumerated() {
            var (isWord, isNumber) = (false, false)
            switch token {
            case .space: continue
            case .openGroup where index + 2 < tokens.count && tokens[index + 2] == .closeGroup: continue
            case .closeGroup where index >= 2 && tokens[index - 2] == .openGroup: continue
            case .openGroup: pieces.append("{")
            case .closeGroup: pieces.append("}")
            case .number(let digits):
                pieces.append(afterNumber ? " " + digits : digits)
                isNumber = true
            case .symbol(let text): pieces.append(text)
            case .command(let name): pieces.append("\\\(name) ")
            case .name(let name) where keepsCase: pieces.append(name)
            case .word(let word) where keepsCase && !hasWords: pieces.append(word)
            case .name(let word), .word(let word):
                // Among words, a letter is a word.
                let isAbbreviation = word.count == 2 && word.first?.isUppercase == true && word.lowercased() != "no"
                let said = keepsCase || isAbbreviation ? word : word.lowercased()
                pieces.append(afterWord && !keepsCase ? " " + said : said)
                isWord = true
            }
            (afterWord, afterNumber) = (isWord, isNumber)
        }
        return pieces.joined()
    }

    /// `3:30`, which may be a time and then is not a ratio.
    package static func time(_ parts: [ArraySlice<AnswerToken>]) -> String? {
        guard parts.count == 2, case .number(let hours)? = parts[0].first, case .number(let minutes)? = parts[1].first,
            parts.allSatisfy({ $0.count == 1 }), let hour = Int(hours), hour <= 24, minutes.count == 2,
            let minute = Int(minutes), minute < 60
        else { return nil }
        return hour == 0 ? "\(hours):\(minutes)" : "\(hour):\(minutes)"
    }

    /// A chemical formula, such as `\mathrm{CO_2}`, `H2O`: elements in order, at least one of them with a count.
    static func chemical(_ tokens: ArraySlice<AnswerToken>) -> String? {
        var (formula, isCounted) = ("", false)
        for token in tokens {
            switch token {
            case .space, .openGroup, .closeGroup, .symbol("_"): continue
            case .name(let letters), .word(let letters): formula += letters
            case .number(let digits):
                if let last = formula.last, last.isLetter || last == ")" {
                    guard let count = Int(digits), count > 1 else { return nil }
                    isCounted = true
                }
                formula += digits
            case .symbol("("), .symbol(")"): formula += token == .symbol("(") ? "(" : ")"
            default: return nil
            }
        }
        guard isCounted, formula.utf8.count <= 60,
            let letters = formula.wholeMatch(of: chemicalFormula), letters.output.allSatisfy(\.isASCII)
        else { return nil }
        let symbols = formula.matches(of: elementSymbol).map { String($0.output) }
        return symbols.allSatisfy(elements.contains) ? formula : nil
    }

    private static let chemicalFormula = Pattern(/\d?(?:\(?(?:[A-Z][a-z]?)+\d*\)?\d*)+/)
    private static let elementSymbol = Pattern(/[A-Z][a-z]?/)

    private static let elements: Set<String> = Set(
        """
        H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Ag Cd Sn Sb I Xe Cs \
        Ba Pt Au Hg Pb Bi U
        """.split(separator: " ").map(String.init))

    // MARK: Words with a meaning

    /// All real numbers except some; nil if those are not numbers.
    package static func line(without holes: [AnswerValue]) -> AnswerValue? {
        let values = holes.compactMap { hole -> (Double, AnswerValue)? in
            guard case .quantity(let quantity) = hole, let value = quantity.expression.value else { return nil }
            return (value, hole)
        }
        .sorted { $0.0 < $1.0 }.map(\.1)
        guard values.count == holes.count, !holes.isEmpty else { return nil }
        let ends = [read("-∞")] + values + [read("∞")]
        return .union(zip(ends, ends.dropFirst()).map { .sequence(open: "(", [$0, $1], close: ")") })
    }

    /// ℝ, or words for it, as an interval.
    static func wholeLine(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue? {
        let words = tokens.compactMap { if case .word(let word) = $0 { word.lowercased() } else { nil } }
        let isSaid =
            words.count == tokens.count { $0 != .space } && AnswerWords.allReals.contains(words.joined(separator: " "))
        if isSaid || tokens.count == 1 && tokens.first == .name("ℝ") { return read("(-∞,∞)") }
        // `ℝ^+`
        let signs = tokens.filter { $0 != .space && $0 != .openGroup && $0 != .closeGroup }
        guard signs.count == 3, signs[0] == .name("ℝ"), signs[1] == .symbol("^") || signs[1] == .symbol("_") else {
            return nil
        }
        return signs[2] == .symbol("+") ? read("(0,∞)") : signs[2] == .symbol("-") ? read("(-∞,0)") : nil
    }

    /// A time with `a.m.` or `p.m.`; those after noon on a 24-hour clock.
    package static func clock(_ tokens: ArraySlice<AnswerToken>) -> AnswerValue? {
        var rest = tokens.filter { $0 != .space && $0 != .symbol(".") }[...]
        if rest.count == 1, case .word(let word)? = rest.first {
            if word.lowercased() == "noon" { return .text("12:00 pm", isFormula: false) }
            if word.lowercased() == "midnight" { return .text("12:00 am", isFormula: false) }
        }
        guard (2...6).contains(rest.count), case .number(let hours)? = rest.popFirst(), let hour = Int(hours),
            (1...12).contains(hour)
        else { return nil }
        var minutes = "00"
        if rest.first == .symbol(":") {
            guard case .number(let digits)? = rest.dropFirst().first, digits.count == 2 else { return nil }
            minutes = digits
            rest = rest.dropFirst(2)
        }
        let half = rest.map { token in
            switch token {
            case .word(let text), .name(let text): text.lowercased()
            default: "?"
            }
        }
        .joined()
        switch half.hasSuffix("morning") ? "am" : half.hasSuffix("afternoon") || half.hasSuffix("evening") ? "pm" : half
        {
        case "am",
            "midnight" where hour == 12:
            return .text("\(hour):\(minutes) am", isFormula: false)
        case "pm" where hour == 12, "noon" where hour == 12, "pmnoon" where hour == 12:
            return .text("12:\(minutes) pm", isFormula: false)
        case "pm": return .text("\(hour + 12):\(minutes)", isFormula: false)
        default: return nil
        }
    }
}

/// LaTeX commands and their arguments in braces.
extension AnswerTokenReader {
    mutating func readCommand() {
        let start = index + 1
        index = start
        while peek()?.isASCIILetter == true { index += 1 }
        guard index > start else { return readSign() }
        let name = String(String.UnicodeScalarView(scalars[start..<index]))
        if AnswerSigns.dropped.contains(name) {
            if name == "left" || name == "right", peek() == "." { index += 1 }
            if name == "rm" { readRoman() }
        } else if name == "not", peek() == "=" {
            index += 1
            emit(.symbol("≠"))
        } else if name == "mathbf", scalars[index...].starts(with: "{R}".unicodeScalars) {
            index += 3
            emit(.name("ℝ"))
        } else if AnswerSigns.spaces.contains(name) {
            emit(.space)
        } else if AnswerSigns.textual.contains(name) || AnswerSigns.plain.contains(name) {
            if name == "text", tokens.last != .space { emit(.space) }
            skipSpaces()
            if peek() == "{" {
                let isUnit = name == "mathrm" && namesUnit
                index += 1
                open(isText: isText || isUnit || AnswerSigns.textual.contains(name), isKept: false)
            }
        } else if name == "mathbb" || name == "Bbb" {
            skipSpaces()
            let letter = peek() == "{" ? readBraced() : readLetter()
            emit(.name(letter == "R" ? "ℝ" : "𝔹" + letter))
        } else if AnswerSigns.invisible.contains(name) {
            if peek() == "*" { index += 1 }
            _ = readBraced()
        } else if name == "Omega", isText {
            emit(.word("ohm"))
        } else if name == "textcircled" {
            [.symbol("("), .number(readBraced()), .symbol(")")].forEach { emit($0) }
        } else if name == "begin" || name == "end" {
            let environment = readEnvironment()
            guard !AnswerSigns.layouts.contains(environment) else { return emit(.space) }
            tables += name == "begin" ? 1 : -1
            emit(.command(name + " " + environment))
        } else {
            emit(AnswerSigns.meanings[name] ?? .command(name))
        }
    }

    /// A backslash and one sign.
    private mutating func readSign() {
        guard let sign = peek() else { return }
        index += 1
        switch sign {
        case "!", "(", ")": break
        case "$": emit(.symbol("$"))
        case ",", ";", ":", " ": emit(.space)
        case "{": emit(.symbol("⦃"))
        case "}": emit(.symbol("⦄"))
        case "\\":
            // `\\[4pt]`
            let space = scalars[index...].prefix(12)
            if space.first == "[", let end = space.firstIndex(of: "]"), end > index + 3,
                scalars[index + 1].isDigit, scalars[(end - 2)..<end].allSatisfy(\.isASCIILetter)
            {
                index = end + 1
            }
            emit(.command("\\"))
        case "[", "]":
            // Display mathematics, not a bracket.
            break
        default: emit(AnswerSigns.signs[sign] ?? .symbol(sign))
        }
    }

    private mutating func skipSpaces() {
        while peek() == " " { index += 1 }
    }

    /// Whether the braces here contain a unit, after a number or another unit.
    private var namesUnit: Bool { namesUnit(from: index + 1) }

    private func namesUnit(from start: Int) -> Bool {
        guard let end = scalars[min(start, scalars.count)...].firstIndex(of: "}") else { return false }
        let content = String(String.UnicodeScalarView(scalars[start..<end]))
        let symbols = content.split { !$0.isLetter }
        guard !symbols.isEmpty, symbols.allSatisfy({ AnswerUnits.isUnit(String($0)) }) else { return false }
        // `\mathrm{100~N}`
        if content.first?.isNumber == true { return true }
        switch tokens.last(where: { ![.space, .openGroup, .symbol("*"), .symbol("/")].contains($0) }) {
        case .number, .closeGroup, .symbol(")"), .symbol("°"), .word, .name("π"): break
        default: return false
        }
        return true
    }

    /// After `\rm`, before or within braces: whether it makes a unit of what follows.
    private mutating func readRoman() {
        skipSpaces()
        if peek() == "{" {
            let isUnit = namesUnit
            index += 1
            open(isText: isText || isUnit, isKept: !isUnit && !isText)
        } else if namesUnit(from: index), let last = groups.indices.last {
            groups[last].isText = true
            if groups[last].isKept, tokens.last == .openGroup {
                tokens.removeLast()
                brackets -= 1
                groups[last].isKept = false
            }
        }
    }

    /// The name in braces; the columns after `array` are skipped.
    private mutating func readEnvironment() -> String {
        let name = readBraced()
        if name == "array" { _ = readBraced() }
        return ["bmatrix", "array", "smallmatrix", "matrix"].contains(name) ? "pmatrix" : name
    }

    private mutating func readBraced() -> String {
        guard peek() == "{", let end = scalars[index...].firstIndex(of: "}") else { return "" }
        defer { index = end + 1 }
        return String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
    }

    private mutating func readLetter() -> String {
        guard let letter = peek(), letter.isASCIILetter else { return "" }
        index += 1
        return String(letter)
    }

    /// Whether `^\circ` or `^{\circ}` is here; if so, it is consumed.
    var isDegrees: Bool {
        mutating get {
            var end = index + 1
            func skip(_ text: String) -> Bool {
                while end < scalars.count, scalars[end] == " " { end += 1 }
                guard end <= scalars.count, scalars[end...].starts(with: text.unicodeScalars) else { return false }
                end += text.unicodeScalars.count
                return true
            }
            let isBraced = skip("{")
            guard
                skip(#"\circ"#) || skip(#"\degree"#) || skip("°") || isBraced && skip(#"\text{o}"#)
                    || isBraced && skip(#"\mathrm{o}"#) || isBraced && skip("o")
            else { return false }
            if isBraced, !skip("}") { return false }
            index = end
            return true
        }
    }
}

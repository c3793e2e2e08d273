/// Reads LaTeX, or what models write for it, from the left to the right.
struct AnswerTokenReader {
    let scalars: [Unicode.Scalar]
    var index = 0
    private var tokens: [AnswerToken] = []
    /// For each open brace: whether it belongs to text, whether it stands in the result, and what was due before it.
    private var groups: [(isText: Bool, isKept: Bool, due: Int)] = []
    /// Arguments of `\frac` and `\binom` that are still to come: without braces each is a single digit.
    private var due = 0
    private var brackets = 0
    private let groupsThousands: Bool

    init(_ text: String, groupsThousands: Bool) {
        self.groupsThousands = groupsThousands
        scalars = AnswerSpelling.scalars(of: text)
    }

    private var isText: Bool { groups.last?.isText ?? false }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    mutating func read() -> [AnswerToken] {
        while let scalar = peek() {
            switch scalar {
            case "\\": readCommand()
            case "{":
                index += 1
                open(isText: isText, isKept: !isText)
            case "}":
                index += 1
                close()
            case " ", "\n", "\t", "~":
                index += 1
                emit(.space)
            case "$": index += 1
            case "°":
                index += 1
                emit(.symbol("°"))
            case "*" where peek(1) == "*": index += 2
            case _ where peek(1) == "=" && Self.signsBeforeEquals[scalar] != nil:
                index += 2
                emit(.symbol(Self.signsBeforeEquals[scalar] ?? ""))
            case "^" where isDegrees: emit(.symbol("°"))
            case "." where scalars[index...].starts(with: "...".unicodeScalars):
                index += 3
                emit(.command("dots"))
            case _ where scalar.isDigit, "." where peek(1)?.isDigit == true: readNumber()
            case _ where scalar.isASCIILetter: readLetters()
            case _ where !scalar.isASCII && AnswerSigns.signs[scalar] == nil && scalar.properties.isAlphabetic:
                readForeignLetters()
            default:
                index += 1
                emit(AnswerSigns.signs[scalar] ?? .symbol(scalar))
            }
        }
        return tokens
    }

    private mutating func emit(_ token: AnswerToken) {
        if token == .space, tokens.last == .space || tokens.isEmpty { return }
        if token.isOpening { brackets += 1 }
        if token.isClosing { brackets -= 1 }
        if due > 0, token != .space { due -= 1 }
        if token == .command("frac") || token == .command("binom") { due = 2 }
        tokens.append(token)
    }

    private mutating func open(isText: Bool, isKept: Bool) {
        groups.append((isText, isKept, max(0, due - 1)))
        due = 0
        if isKept { emit(.openGroup) }
    }

    private mutating func close() {
        let group = groups.popLast()
        due = 0
        if group?.isKept ?? true { emit(.closeGroup) }
        due = group?.due ?? 0
    }

    // MARK: Numbers

    private mutating func readNumber() {
        var digits = ""
        func count(from start: Int) -> Int {
            var end = start
            while end < scalars.count, scalars[end].isDigit { end += 1 }
            return end - start
        }
        func take(_ count: Int) {
            digits.unicodeScalars.append(contentsOf: scalars[index..<(index + count)])
            index += count
        }
        if due > 0, peek() != "." {
            take(1)
            return emit(.number(digits))
        }
        let leading = count(from: index)
        take(leading)
        if (1...3).contains(leading) {
            while let separator = separator(), count(from: index + separator) == 3 {
                index += separator
                take(3)
            }
        }
        if peek() == ".", peek(1)?.isDigit == true {
            digits.append(".")
            index += 1
            take(count(from: index))
        } else if leading > 0, peek() == ".", let next = peek(1), "/*+-^)}".unicodeScalars.contains(next) {
            // `1./3`
            index += 1
        }
        if let repeated = repeatedDigits(after: digits) {
            return emit(.number(digits + (digits.contains(".") ? "" : ".") + "(\(repeated))"))
        }
        if let mark = peek(), mark == "e" || mark == "E" {
            let sign = peek(1) == "-" || peek(1) == "+" ? 1 : 0
            let length = count(from: index + 1 + sign)
            if length > 0, peek(1 + sign + length)?.isASCIILetter != true { take(1 + sign + length) }
        }
        emit(.number(digits))
    }

    /// Scalars of what stands between thousands here; nil where nothing does. Within brackets a bare comma parts elements.
    private func separator() -> Int? {
        func length(_ marks: [String], from start: Int) -> Int? {
            marks.first { scalars[start...].starts(with: $0.unicodeScalars) }?.unicodeScalars.count
        }
        if let comma = length([#"{,}"#, #",\!"#, #"{,\!}"#], from: index) { return comma }
        if groupsThousands, brackets == 0, peek() == "," { return 1 }
        var end = index
        while let blank = length(AnswerSigns.blanks, from: end) { end += blank }
        return end > index ? end - index : nil
    }

    // MARK: Letters

    private mutating func readLetters() {
        let start = index
        while peek()?.isASCIILetter == true { index += 1 }
        let run = String(String.UnicodeScalarView(scalars[start..<index]))
        let lower = run.lowercased()
        let standsAlone = tokens.last.map { $0 == .space } ?? true
        if let name = AnswerSigns.namedWords[lower] {
            emit(name)
        } else if !isText, run == lower, AnswerSigns.functions.contains(run) || run == "sqrt" {
            emit(AnswerUnits.isUnit(run) ? .word(run) : .command(run))
        } else if isText || run.count > 3 || AnswerWords.known.contains(lower) || standsAlone && run.count == 3 {
            emit(.word(run))
        } else {
            for letter in run { emit(.name(String(letter))) }
        }
    }

    /// Words of other scripts, such as `厘米`.
    private mutating func readForeignLetters() {
        let start = index
        while let scalar = peek(), !scalar.isASCII, scalar.properties.isAlphabetic, AnswerSigns.signs[scalar] == nil {
            index += 1
        }
        let run = String(String.UnicodeScalarView(scalars[start..<index]))
        // A word that joins two answers may stand in the middle without blanks.
        emit(.word(run))
    }

    private static let signsBeforeEquals: [Unicode.Scalar: String] = ["<": "≤", ">": "≥", "!": "≠"]

    // MARK: Commands

    private mutating func readCommand() {
        let start = index + 1
        index = start
        while peek()?.isASCIILetter == true { index += 1 }
        guard index > start else { return readSign() }
        let name = String(String.UnicodeScalarView(scalars[start..<index]))
        if AnswerSigns.dropped.contains(name) {
            if name == "left" || name == "right", peek() == "." { index += 1 }
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
        } else if name == "color" || name == "textcolor" {
            _ = readBraced()
        } else if name == "textcircled" {
            [.symbol("("), .number(readBraced()), .symbol(")")].forEach { emit($0) }
        } else if name == "begin" || name == "end" {
            emit(.command(name + " " + readEnvironment()))
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
        case "\\": emit(.command("\\"))
        case "[", "]":
            // Display mathematics and no bracket.
            break
        default: emit(AnswerSigns.signs[sign] ?? .symbol(sign))
        }
    }

    private mutating func skipSpaces() {
        while peek() == " " { index += 1 }
    }

    /// Whether the braces here hold a unit, and stand after a number or another unit.
    private var namesUnit: Bool {
        switch tokens.last(where: { $0 != .space && $0 != .symbol("*") && $0 != .symbol("/") }) {
        case .number, .closeGroup, .symbol(")"), .symbol("°"), .word, .name("π"): break
        default: return false
        }
        guard let end = scalars[index...].firstIndex(of: "}") else { return false }
        let content = String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
        let symbols = content.split { !$0.isLetter }
        return !symbols.isEmpty && symbols.allSatisfy { AnswerUnits.isUnit(String($0)) }
    }

    /// The name in braces, and after `array` the columns, which do not matter.
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

    /// Whether `^\circ` or `^{\circ}` stands here; it is stepped over.
    private var isDegrees: Bool {
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
                    || isBraced && skip(#"\mathrm{o}"#)
            else { return false }
            if isBraced, !skip("}") { return false }
            index = end
            return true
        }
    }
}

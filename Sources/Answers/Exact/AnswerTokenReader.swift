/// Reads LaTeX, or what models write for it, from left to right.
struct AnswerTokenReader {
    let scalars: [Unicode.Scalar]
    var index = 0
    var tokens: [AnswerToken] = []
    /// For each open brace: whether it is text, whether it is kept in the result, whether it is an argument of a
    /// fraction, and what was due before it.
    var groups: [(isText: Bool, isKept: Bool, isArgument: Bool, due: Int)] = []
    /// Arguments of `\frac` and `\binom` still expected: without braces, each is a single digit.
    var due = 0
    var brackets = 0
    private let groupsThousands: Bool

    init(_ text: String, groupsThousands: Bool) {
        self.groupsThousands = groupsThousands
        scalars = AnswerSpelling.scalars(of: text)
    }

    var isText: Bool { groups.last?.isText ?? false }
    /// Whether `&` separates columns here, rather than only aligning.
    var isInTable: Bool { tables > 0 }
    var tables = 0

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
            case "+" where peek(1) == "/" && peek(2) == "-":
                index += 3
                emit(.symbol("±"))
            case "&" where !isInTable: index += 1
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

    mutating func emit(_ token: AnswerToken) {
        if token == .space, tokens.last == .space || tokens.isEmpty { return }
        if token.isOpening { brackets += 1 }
        if token.isClosing { brackets -= 1 }
        if due > 0, token != .space { due -= 1 }
        if token == .command("frac") || token == .command("binom") { due = 2 }
        tokens.append(token)
    }

    mutating func open(isText: Bool, isKept: Bool) {
        let isArgument = isKept && due > 0
        groups.append((isText, isKept, isArgument, max(0, due - 1)))
        due = 0
        if isKept { emit(.openGroup) }
        // `\frac{1,000}{3}` contains no list.
        if isArgument { brackets -= 1 }
    }

    mutating func close() {
        let group = groups.popLast()
        due = 0
        if group?.isArgument ?? false { brackets += 1 }
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
        } else if leading > 0, peek() == ".", let next = peek(1),
            "/*+-^)}%".unicodeScalars.contains(next)
                || [#"\sqrt"#, #"\pi"#, #"\%"#].contains(where: {
                    scalars[(index + 1)...].starts(with: $0.unicodeScalars)
                })
        {
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

    /// Scalars of the thousands separator here; nil if there is none. Within brackets, a bare comma separates elements.
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
        } else if !isText, run == "frac" || run == "dfrac", peek() == "{" {
            emit(.command("frac"))
        } else if !isText, run == lower, AnswerSigns.functions.contains(run) || run == "sqrt" {
            emit(AnswerUnits.isUnit(run) ? .word(run) : .command(run))
        } else if isText || run.count > 3 || AnswerWords.known.contains(lower) || standsAlone && run.count == 3 {
            emit(.word(run))
        } else {
            for letter in run { emit(.name(String(letter))) }
        }
    }

    /// Words in other scripts, such as `厘米`.
    private mutating func readForeignLetters() {
        let start = index
        while let scalar = peek(), !scalar.isASCII, scalar.properties.isAlphabetic, AnswerSigns.signs[scalar] == nil {
            index += 1
        }
        let run = String(String.UnicodeScalarView(scalars[start..<index]))
        // A word that joins two answers may be in the middle, without blanks.
        emit(.word(run))
    }

    private static let signsBeforeEquals: [Unicode.Scalar: String] = ["<": "≤", ">": "≥", "!": "≠"]
}

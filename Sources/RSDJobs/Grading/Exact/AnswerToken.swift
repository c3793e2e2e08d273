/// A piece of an answer, freed of what only concerns its looks.
enum AnswerToken: Hashable, Sendable {
    /// Digits with at most one point; separators of thousands are gone.
    case number(String)
    /// A letter, or a name with one meaning such as `π` or `θ`.
    case name(String)
    /// Letters that stand for no product of names, in lower case.
    case word(String)
    /// A command of LaTeX that is none of these.
    case command(String)
    /// An operator, a relation, a bracket or another sign.
    case symbol(String)
    case openGroup
    case closeGroup
    case space

    static func symbol(_ scalar: Unicode.Scalar) -> AnswerToken { .symbol(String(scalar)) }

    var isOpening: Bool {
        switch self {
        case .openGroup: true
        case .symbol(let sign): ["(", "[", "⦃", "⟨"].contains(sign)
        case .command(let name): name.hasPrefix("begin ")
        default: false
        }
    }

    var isClosing: Bool {
        switch self {
        case .closeGroup: true
        case .symbol(let sign): [")", "]", "⦄", "⟩"].contains(sign)
        case .command(let name): name.hasPrefix("end ")
        default: false
        }
    }
}

extension [AnswerToken] {
    /// An answer that is longer than this is compared as text.
    static let longestAnswer = 4096

    /// nil for an answer that is too long to be one.
    ///
    /// - Parameter groupsThousands: whether `1,234` is one number, and not two.
    init?(answer: String, groupsThousands: Bool = true) {
        guard answer.utf8.count <= Self.longestAnswer else { return nil }
        var reader = AnswerTokenReader(answer, groupsThousands: groupsThousands)
        self = reader.read()
    }
}

/// Reads LaTeX, or what models write for it, from the left to the right.
private struct AnswerTokenReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var tokens: [AnswerToken] = []
    /// For each open brace: whether it belongs to text, whether it stands in the result, and what was due before it.
    private var groups: [(isText: Bool, isKept: Bool, due: Int)] = []
    /// Arguments of `\frac` and `\binom` that are still to come: without braces each is a single digit.
    private var due = 0
    private var brackets = 0
    private let groupsThousands: Bool

    init(_ text: String, groupsThousands: Bool) {
        self.groupsThousands = groupsThousands
        scalars = text.unicodeScalars.filter { $0.value >= 32 || $0 == "\n" || $0 == "\t" }
    }

    private var isText: Bool { groups.last?.isText ?? false }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
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
            case " ", "\n", "\t", "~", "\u{a0}":
                index += 1
                emit(.space)
            case "$", "°": index += 1
            case "*" where peek(1) == "*": index += 2
            case _ where peek(1) == "=" && Self.signsBeforeEquals[scalar] != nil:
                index += 2
                emit(.symbol(Self.signsBeforeEquals[scalar] ?? ""))
            case "^" where isDegrees: break
            case _ where scalar.isDigit, "." where peek(1)?.isDigit == true: readNumber()
            case _ where scalar.isASCIILetter: readLetters()
            default:
                index += 1
                emit(Self.signs[scalar] ?? .symbol(scalar))
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
        if let comma = length([#"{,}"#, #",\!"#], from: index) { return comma }
        if groupsThousands, brackets == 0, peek() == "," { return 1 }
        var end = index
        while let blank = length(Self.blanks, from: end) { end += blank }
        return end > index ? end - index : nil
    }

    // MARK: Letters

    private mutating func readLetters() {
        let start = index
        while peek()?.isASCIILetter == true { index += 1 }
        let run = String(String.UnicodeScalarView(scalars[start..<index]))
        let lower = run.lowercased()
        let standsAlone = tokens.last.map { $0 == .space } ?? true
        if let name = Self.namedWords[lower] {
            emit(name)
        } else if isText && run.count > 1 || run.count > 3 || AnswerWords.known.contains(lower)
            || standsAlone && run.count == 3
        {
            emit(.word(lower))
        } else if isText {
            emit(.word(run))
        } else {
            for letter in run { emit(.name(String(letter))) }
        }
    }

    private static let signsBeforeEquals: [Unicode.Scalar: String] = ["<": "≤", ">": "≥", "!": "≠"]

    private static let namedWords: [String: AnswerToken] = [
        "infinity": .name("∞"), "inf": .name("∞"), "pi": .name("π"),
    ]

    // MARK: Commands

    private mutating func readCommand() {
        let start = index + 1
        index = start
        while peek()?.isASCIILetter == true { index += 1 }
        guard index > start else { return readSign() }
        let name = String(String.UnicodeScalarView(scalars[start..<index]))
        if Self.dropped.contains(name) {
            if name == "left" || name == "right", peek() == "." { index += 1 }
        } else if Self.spaces.contains(name) {
            emit(.space)
        } else if Self.textual.contains(name) || Self.plain.contains(name) {
            if name == "text", tokens.last != .space { emit(.space) }
            skipSpaces()
            if peek() == "{" {
                index += 1
                open(isText: isText || Self.textual.contains(name), isKept: false)
            }
        } else if name == "mathbb" {
            let letter = readBraced()
            emit(.name(letter == "R" ? "ℝ" : "𝔹" + letter))
        } else if name == "begin" || name == "end" {
            emit(.command(name + " " + readEnvironment()))
        } else {
            emit(Self.meanings[name] ?? .command(name))
        }
    }

    /// A backslash and one sign.
    private mutating func readSign() {
        guard let sign = peek() else { return }
        index += 1
        switch sign {
        case "!", "$", "(", ")": break
        case ",", ";", ":", " ": emit(.space)
        case "{": emit(.symbol("⦃"))
        case "}": emit(.symbol("⦄"))
        case "\\": emit(.command("\\"))
        case "[", "]":
            // Display mathematics and no bracket.
            break
        default: emit(Self.signs[sign] ?? .symbol(sign))
        }
    }

    private mutating func skipSpaces() {
        while peek() == " " { index += 1 }
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

    /// Whether `^\circ` or `^{\circ}` stands here; it is stepped over.
    private var isDegrees: Bool {
        mutating get {
            for mark in [#"^{\circ}"#, #"^\circ"#, #"^{\degree}"#, #"^{∘}"#, #"^∘"#]
            where scalars[index...].starts(with: mark.unicodeScalars) {
                index += mark.unicodeScalars.count
                return true
            }
            return false
        }
    }

    // MARK: What there is

    private static let dropped: Set = [
        "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle",
        "limits", "degree", "boxed", "fbox", "rm", "bf", "it", "middle",
    ]
    /// What may stand between thousands instead of a comma.
    private static let blanks = [" ", #"\,"#, #"\;"#, #"\:"#, #"\ "#, #"\!"#, "~", "\u{a0}"]
    private static let spaces: Set = ["quad", "qquad", "enspace", "thinspace", "nobreakspace"]
    private static let textual: Set = ["text", "textbf", "textit", "textrm", "textnormal", "mbox", "hbox", "texttt"]
    private static let plain: Set = [
        "mathrm", "mathbf", "mathit", "mathsf", "boldsymbol", "bm", "operatorname", "overrightarrow", "vec",
    ]

    private static let signs: [Unicode.Scalar: AnswerToken] = [
        "−": .symbol("-"), "–": .symbol("-"), "×": .symbol("*"), "·": .symbol("*"), "⋅": .symbol("*"),
        "÷": .symbol("/"),
        "≤": .symbol("≤"), "≥": .symbol("≥"), "π": .name("π"), "∞": .name("∞"), "θ": .name("θ"), "√": .command("sqrt"),
        "∅": .name("∅"), "ℝ": .name("ℝ"), "²": .symbol("²"), "³": .symbol("³"), "’": .symbol("'"),
    ]

    private static let meanings: [String: AnswerToken] = {
        var meanings: [String: AnswerToken] = [
            "dfrac": .command("frac"), "tfrac": .command("frac"), "cfrac": .command("frac"),
            "dbinom": .command("binom"), "tbinom": .command("binom"), "pi": .name("π"),
            "infty": .name("∞"), "emptyset": .name("∅"), "varnothing": .name("∅"), "cdot": .symbol("*"),
            "times": .symbol("*"), "ast": .symbol("*"), "div": .symbol("/"), "le": .symbol("≤"), "leq": .symbol("≤"),
            "leqslant": .symbol("≤"), "ge": .symbol("≥"), "geq": .symbol("≥"), "geqslant": .symbol("≥"),
            "lt": .symbol("<"),
            "gt": .symbol(">"), "ne": .symbol("≠"), "neq": .symbol("≠"), "approx": .symbol("≈"), "in": .symbol("∈"),
            "cup": .symbol("∪"), "cap": .symbol("∩"), "pm": .symbol("±"), "mp": .symbol("∓"), "lbrace": .symbol("⦃"),
            "rbrace": .symbol("⦄"), "langle": .symbol("⟨"), "rangle": .symbol("⟩"), "lbrack": .symbol("["),
            "rbrack": .symbol("]"), "lvert": .symbol("|"), "rvert": .symbol("|"), "mid": .symbol("|"),
            "vert": .symbol("|"),
        ]
        for name in [
            "alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "rho", "sigma", "tau", "phi",
            "varphi",
            "omega", "Delta", "Omega", "Phi", "Gamma", "ell",
        ] {
            meanings[name] = .name(name == "theta" ? "θ" : "\\" + name)
        }
        return meanings
    }()
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}

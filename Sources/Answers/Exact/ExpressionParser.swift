/// Parses an expression of numbers, names, roots, functions and the four operations.
struct ExpressionParser {
    /// The text is not an expression, or nests too deeply.
    struct Failure: Error {}

    let tokens: ArraySlice<AnswerToken>
    var index: Int
    private var depth = 0

    /// Answers that nest deeper are compared as text.
    private static let deepest = 40
    /// Limit on the powers, indices and factorials of one base.
    private static let mostMarks = 8

    private init(_ tokens: ArraySlice<AnswerToken>) {
        self.tokens = tokens
        index = tokens.startIndex
    }

    static func parse(_ tokens: ArraySlice<AnswerToken>) throws(Failure) -> Expression {
        var parser = ExpressionParser(tokens)
        let value = try parser.quotient()
        guard parser.peek() == nil else { throw Failure() }
        return value
    }

    // MARK: Grammar

    mutating func sum() throws(Failure) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Failure() }
        var terms: [Expression] = []
        var isNegative = takeSign()
        repeat {
            let term = try product()
            terms.append(isNegative ? .negative(term) : term)
            guard peek() == .symbol("+") || peek() == .symbol("-") else { break }
            isNegative = takeSign()
        } while true
        return terms.count == 1 ? terms[0] : .sum(terms)
    }

    /// Any number of signs.
    private mutating func takeSign() -> Bool {
        var isNegative = false
        while let token = peek(), token == .symbol("+") || token == .symbol("-") {
            if token == .symbol("-") { isNegative.toggle() }
            index += 1
        }
        return isNegative
    }

    private mutating func product() throws(Failure) -> Expression {
        if let mixed = spacedMixedNumber() { return mixed }
        var isLiteral = false
        if case .number = peek() { isLiteral = true }
        var factors = [try factor()]
        while let token = peek() {
            if token == .symbol("*") || token == .symbol("/") {
                index += 1
                let isNegative = takeSign()
                let next = try factor()
                let signed = isNegative ? .negative(next) : next
                factors.append(token == .symbol("*") ? signed : .inverse(signed))
            } else if beginsFactor(token) {
                // Adjacent numbers are not a product, but `(n+1)3^n` is one.
                if case .number = token, tokens[..<index].last(where: { $0 != .space }) != .symbol(")") {
                    throw Failure()
                }
                let next = try factor()
                if token == .command("frac"), factors.count == 1, isLiteral, let mixed = Self.mixed(factors[0], next) {
                    factors = [mixed]
                } else {
                    factors.append(next)
                }
            } else {
                break
            }
        }
        return factors.count == 1 ? factors[0] : .product(factors)
    }

    /// `3 1/2`
    private mutating func spacedMixedNumber() -> Expression? {
        let start = index
        if let whole = takeWhole(), index < tokens.endIndex, tokens[index] == .space, let top = takeWhole(),
            peek() == .symbol("/")
        {
            index += 1
            if let bottom = takeWhole(), let mixed = Self.mixed(whole, top, bottom) { return mixed }
        }
        index = start
        return nil
    }

    /// `3\frac12`
    private static func mixed(_ whole: Expression, _ part: Expression) -> Expression? {
        guard case .number(let whole) = whole, case .product(let halves) = part, halves.count == 2,
            case .number(let top) = halves[0], case .inverse(.number(let bottom)) = halves[1]
        else { return nil }
        return mixed(whole, top, bottom)
    }

    private mutating func takeWhole() -> Rational? {
        guard case .number(let digits) = peek(), let number = Int128(digits) else { return nil }
        index += 1
        return Rational(integer: number)
    }

    /// nil if the fraction is not less than one, and a product is meant.
    private static func mixed(_ whole: Rational, _ top: Rational, _ bottom: Rational) -> Expression? {
        guard whole.isInteger, top.isInteger, bottom.isInteger, top.numerator > 0, top.numerator < bottom.numerator,
            let part = Rational(top.numerator, over: bottom.numerator), let sum = whole.plus(part)
        else { return nil }
        return .number(sum)
    }

    func beginsFactor(_ token: AnswerToken) -> Bool {
        switch token {
        case .number, .name, .openGroup: true
        case .command(let name):
            name == "frac" || name == "sqrt" || name == "binom" || AnswerSigns.functions.contains(name)
        case .symbol(let sign): sign == "(" || sign == "["
        case .word, .closeGroup, .space: false
        }
    }

    /// A primary with its exponents, indices and suffixes.
    mutating func factor() throws(Failure) -> Expression {
        var base = try primary()
        var marks = 0
        while let token = peek() {
            switch token {
            case .symbol("_"):
                index += 1
                let place = try argument()
                // `101_{10}` is a plain decimal number.
                if case .number = base, place == .number(Rational(integer: 10)) { break }
                base = .application(Self.indexed(base), [place])
            case .symbol("^"):
                index += 1
                base = .power(base, try argument())
            case .symbol("!"):
                index += 1
                base = .factorial(base)
            case .symbol("°"):
                index += 1
                base = .product([base, .name("°")])
            default: return base
            }
            marks += 1
            guard marks <= Self.mostMarks else { throw Failure() }
        }
        return base
    }

    /// An index as part of a name.
    private static func indexed(_ base: Expression) -> String {
        switch base {
        case .name(let name): name + "_"
        case .number(let number): "\(number)_"
        default: "\(base)_"
        }
    }

    private mutating func primary() throws(Failure) -> Expression {
        guard let token = peek() else { throw Failure() }
        index += 1
        switch token {
        case .number(let digits):
            if let number = Rational(decimal: digits) { return .number(number) }
            guard let numeral = Self.numeral(digits) else { throw Failure() }
            return numeral
        case .name(let name): return try named(name)
        case .openGroup: return try sum(until: .closeGroup)
        case .symbol("("): return try sum(until: .symbol(")"))
        case .symbol("["): return try sum(until: .symbol("]"))
        case .symbol("|"): return .absolute(try sum(until: .symbol("|")))
        case .command("frac"):
            let top = try argument()
            return .product([top, .inverse(try argument())])
        case .command("binom"):
            let top = try argument()
            return .binomial(top, try argument())
        case .command("sqrt"): return try root()
        case .command(let name) where AnswerSigns.functions.contains(name): return try function(name)
        default: throw Failure()
        }
    }

    /// Digits that are too many for a ``Rational``, as a name without leading and trailing zeros.
    private static func numeral(_ digits: String) -> Expression? {
        guard digits.allSatisfy({ $0.isNumber || $0 == "." }) else { return nil }
        var text = digits.drop { $0 == "0" }
        if text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return .name(String(text))
    }

    /// A sum, or two of them with `\over` or `\choose` between.
    private mutating func quotient() throws(Failure) -> Expression {
        let top = try sum()
        guard let token = peek(), token == .command("over") || token == .command("choose") else { return top }
        index += 1
        let bottom = try sum()
        return token == .command("over") ? .product([top, .inverse(bottom)]) : .binomial(top, bottom)
    }

    private mutating func sum(until end: AnswerToken) throws(Failure) -> Expression {
        let value = try end == .closeGroup ? quotient() : sum()
        guard peek() == end else { throw Failure() }
        index += 1
        return value
    }

    /// The argument of a command or exponent: a group or a single sign.
    mutating func argument() throws(Failure) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Failure() }
        let isNegative = takeSign()
        let value = try primary()
        return isNegative ? .negative(value) : value
    }

    private mutating func root() throws(Failure) -> Expression {
        var degree = 2
        if peek() == .symbol("[") {
            index += 1
            guard case .number(let number) = try sum(until: .symbol("]")), number.isInteger,
                (2...16).contains(number.numerator)
            else { throw Failure() }
            degree = Int(number.numerator)
        }
        return .root(try argument(), degree: degree)
    }

    // MARK: Tokens

    mutating func peek() -> AnswerToken? {
        while index < tokens.endIndex, tokens[index] == .space { index += 1 }
        return index < tokens.endIndex ? tokens[index] : nil
    }
}

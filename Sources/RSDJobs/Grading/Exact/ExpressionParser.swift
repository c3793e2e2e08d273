/// Reads an expression of numbers, names, roots and the four operations into its canonical form.
///
/// Whatever it does not know is ``Polynomial/Unmanageable``: the answer is then compared as text.
struct ExpressionParser {
    typealias Failure = Polynomial.Unmanageable

    private let tokens: ArraySlice<AnswerToken>
    private var index: Int
    private var depth = 0

    /// Answers that nest deeper are compared as text.
    private static let deepest = 40

    private init(_ tokens: ArraySlice<AnswerToken>) {
        self.tokens = tokens
        index = tokens.startIndex
    }

    static func parse(_ tokens: ArraySlice<AnswerToken>) throws(Failure) -> Polynomial {
        var parser = ExpressionParser(tokens)
        let sum = try parser.sum()
        guard parser.peek() == nil else { throw Failure() }
        return sum
    }

    // MARK: Grammar

    private mutating func sum() throws(Failure) -> Polynomial {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Failure() }
        var isNegative = takeSign()
        var total = Polynomial()
        repeat {
            let term = try product()
            total = try total.plus(isNegative ? term.negated : term)
            guard peek() == .symbol("+") || peek() == .symbol("-") else { return total }
            isNegative = takeSign()
        } while true
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

    private mutating func product() throws(Failure) -> Polynomial {
        if let mixed = try mixedNumber() { return mixed }
        var result = try factor()
        while let token = peek() {
            if token == .symbol("*") || token == .symbol("/") {
                index += 1
                let isNegative = takeSign()
                let next = try factor()
                result = try token == .symbol("*") ? result.times(next) : result.divided(by: next)
                if isNegative { result = result.negated }
            } else if beginsFactor(token) {
                if case .number = token { throw Failure() }
                result = try result.times(factor())
            } else {
                return result
            }
        }
        return result
    }

    /// `3\frac12` or `3 1/2`.
    private mutating func mixedNumber() throws(Failure) -> Polynomial? {
        guard case .number(let digits) = peek(), let whole = Int128(digits) else { return nil }
        let start = index
        index += 1
        let isSpaced = index < tokens.endIndex && tokens[index] == .space
        if peek() == .command("frac") {
            index += 1
            let (top, bottom) = (try argument().rational, try argument().rational)
            if let top, let bottom, let mixed = Self.mixed(whole, top, bottom) { return mixed }
        } else if isSpaced, let top = takeWhole(), peek() == .symbol("/") {
            index += 1
            if let bottom = takeWhole(), let mixed = Self.mixed(whole, top, bottom) { return mixed }
        }
        index = start
        return nil
    }

    private mutating func takeWhole() -> Rational? {
        guard case .number(let digits) = peek(), let number = Int128(digits) else { return nil }
        index += 1
        return Rational(integer: number)
    }

    /// nil where the fraction is not a part of one, and a product is meant.
    private static func mixed(_ whole: Int128, _ top: Rational, _ bottom: Rational) -> Polynomial? {
        guard top.isInteger, bottom.isInteger, top.numerator > 0, top.numerator < bottom.numerator,
            let part = Rational(top.numerator, over: bottom.numerator),
            let sum = Rational(integer: whole).plus(part)
        else { return nil }
        return Polynomial(sum)
    }

    private func beginsFactor(_ token: AnswerToken) -> Bool {
        switch token {
        case .number, .name, .openGroup: true
        case .command(let name): name == "frac" || name == "sqrt" || Self.functions.contains(name)
        case .symbol(let sign): sign == "(" || sign == "["
        case .word, .closeGroup, .space: false
        }
    }

    /// A primary with what stands above and below it.
    private mutating func factor() throws(Failure) -> Polynomial {
        var base = try primary()
        while let token = peek() {
            if token == .symbol("_") {
                index += 1
                base = try Polynomial(name: "\(base.key)_(\(argument().key))")
            } else if token == .symbol("²") || token == .symbol("³") {
                index += 1
                base = try base.power(token == .symbol("²") ? 2 : 3)
            } else if token == .symbol("^") {
                index += 1
                base = try Self.power(base, argument())
            } else {
                break
            }
        }
        return base
    }

    private static func power(_ base: Polynomial, _ exponent: Polynomial) throws(Failure) -> Polynomial {
        if let number = exponent.rational {
            if number.isInteger, abs(number.numerator) <= 64,
                let power = try? base.power(Int(number.numerator))
            {
                return power
            }
            if number == Rational(1, over: 2) { return try base.root(2) }
        }
        return try Polynomial(name: "(\(base.key))^(\(exponent.key))")
    }

    private mutating func primary() throws(Failure) -> Polynomial {
        guard let token = peek() else { throw Failure() }
        index += 1
        switch token {
        case .number(let digits):
            guard let number = Rational(decimal: digits) else { throw Failure() }
            return Polynomial(number)
        case .name(let name): return try Polynomial(name: name)
        case .openGroup: return try sum(until: .closeGroup)
        case .symbol("("): return try sum(until: .symbol(")"))
        case .symbol("["): return try sum(until: .symbol("]"))
        case .command("frac"):
            let top = try argument()
            return try top.divided(by: argument())
        case .command("sqrt"): return try root()
        case .command(let name) where Self.functions.contains(name): return try function(name)
        default: throw Failure()
        }
    }

    private mutating func sum(until end: AnswerToken) throws(Failure) -> Polynomial {
        let value = try sum()
        guard peek() == end else { throw Failure() }
        index += 1
        return value
    }

    /// What a command or an exponent applies to: a group or a single sign.
    private mutating func argument() throws(Failure) -> Polynomial {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Failure() }
        let isNegative = takeSign()
        let value = try primary()
        return isNegative ? value.negated : value
    }

    private mutating func root() throws(Failure) -> Polynomial {
        var degree = 2
        if peek() == .symbol("[") {
            index += 1
            guard let number = try sum(until: .symbol("]")).rational, number.isInteger,
                (2...16).contains(number.numerator)
            else { throw Failure() }
            degree = Int(number.numerator)
        }
        return try argument().root(degree)
    }

    // MARK: Functions

    private static let functions: Set = [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "ln", "log", "lg", "exp",
    ]

    /// A function and its argument are a name of their own.
    private mutating func function(_ name: String) throws(Failure) -> Polynomial {
        var name = name
        var exponent: Polynomial?
        while let token = peek(), token == .symbol("_") || token == .symbol("^") {
            index += 1
            let value = try argument()
            if token == .symbol("_") { name += "_(\(value.key))" } else { exponent = value }
        }
        var argument = try factor()
        if let last = tokens[..<index].last(where: { $0 != .space }), last != .symbol(")") {
            while let token = peek(), beginsFactor(token), token != .symbol("(") {
                if case .command(let next) = token, Self.functions.contains(next) { break }
                argument = try argument.times(factor())
            }
        }
        let value = try Polynomial(name: "\(name)(\(argument.key))")
        return try exponent.map { (exponent) throws(Failure) in try Self.power(value, exponent) } ?? value
    }

    // MARK: Tokens

    private mutating func peek() -> AnswerToken? {
        while index < tokens.endIndex, tokens[index] == .space { index += 1 }
        return index < tokens.endIndex ? tokens[index] : nil
    }
}

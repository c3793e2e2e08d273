extension ExpressionParser {
    mutating func function(_ name: String) throws(Failure) -> Expression {
        var base: Expression?
        var exponent: Expression?
        while let token = peek(), token == .symbol("_") || token == .symbol("^") {
            index += 1
            let value = try argument()
            if token == .symbol("_") { base = value } else { exponent = value }
        }
        var factors = [try factor()]
        if let last = tokens[..<index].last(where: { $0 != .space }), last != .symbol(")") {
            while let token = peek(), beginsFactor(token), token != .symbol("(") {
                if case .command(let next) = token, AnswerSigns.functions.contains(next) { break }
                factors.append(try factor())
            }
        }
        let argument = factors.count == 1 ? factors[0] : .product(factors)
        if name == "exp", base == nil, exponent == nil { return .power(.name("e"), argument) }
        guard let exponent else { return .function(name, base: base, argument) }
        // `\sin^{-1}` is not a power.
        if case .negative = exponent { return .function("\(name)^-1", base: base, argument) }
        return .power(.function(name, base: base, argument), exponent)
    }

    /// Letters that are functions whenever brackets follow.
    private static let functionNames: Set = ["f", "g", "F", "G", "\\phi", "\\psi", "\\Phi", "\\Gamma", "\\zeta"]
    private static let constants: Set = ["π", "e", "i", "∞"]

    /// A name, or its value at a place: `f(x+1)`, `f'(0)`, `f^{-1}(2)`, `P(3)`. A product such as `x(x+1)` is neither.
    mutating func named(_ name: String) throws(Failure) -> Expression {
        var name = name
        while peek() == .symbol("'") {
            index += 1
            name += "'"
        }
        let isFunction = Self.functionNames.contains(String(name.prefix { $0 != "'" }))
        if isFunction, follows([.symbol("^"), .openGroup, .symbol("-"), .number("1"), .closeGroup, .symbol("(")]) {
            index += 5
            name += "^-1"
        }
        guard peek() == .symbol("("), !Self.constants.contains(name), isFunction || hasPlainArgument else {
            return .name(name)
        }
        var arguments: [Expression] = []
        repeat {
            index += 1
            arguments.append(try sum())
        } while peek() == .symbol(",")
        guard peek() == .symbol(")") else { throw Failure() }
        index += 1
        return .application(name, arguments)
    }

    /// Whether the brackets that open here contain only numbers and letters.
    private var hasPlainArgument: Bool {
        let inner = tokens[index...].dropFirst().prefix { $0 != .symbol(")") }.filter { $0 != .space }
        guard !inner.isEmpty, index + 1 < tokens.endIndex else { return false }
        return inner.split(separator: .symbol(","), omittingEmptySubsequences: false).allSatisfy { argument in
            let argument = argument.first == .symbol("-") ? argument.dropFirst() : argument
            guard argument.count == 1 else { return false }
            return switch argument.first {
            case .number, .name: true
            default: false
            }
        }
    }

    private mutating func follows(_ wanted: [AnswerToken]) -> Bool {
        _ = peek()
        return tokens[index...].starts(with: wanted)
    }
}

extension Expression {
    /// Its canonical form.
    ///
    /// - Throws: if it has none here: a division by zero, ∞ within a larger expression, too many terms or digits.
    func fraction() throws(Polynomial.Unmanageable) -> Fraction {
        if let infinite { return Fraction(infinite) }
        var work = FractionWork()
        return try work.fraction(self)
    }

    /// ∞ or -∞, which allow no arithmetic.
    private var infinite: Polynomial? {
        switch self {
        case .name("∞"): try? Polynomial(name: "∞")
        case .negative(.name("∞")): (try? Polynomial(name: "∞"))?.negated
        default: nil
        }
    }
}

extension FractionWork {
    fileprivate mutating func fraction(_ expression: Expression) throws(Failure) -> Fraction {
        try charge(1)
        switch expression {
        case .number(let number): return Fraction(Polynomial(number))
        case .name("∞"): throw Failure()
        case .name(let name): return Fraction(try Polynomial(name: name))
        case .negative(let inner): return try fraction(inner).negated
        case .inverse(.root(let inner, let degree)):
            let value = try fraction(inner)
            if let inverse = value.rational?.inverse { return try root(inverse, degree) }
            return try degree == 2 ? halfPower(value, -1) : inverse(root(value, degree))
        case .inverse(let inner): return try inverse(fraction(inner))
        case .sum(let terms):
            var total = Fraction(Polynomial())
            for term in terms { total = try sum(total, fraction(term)) }
            return total
        case .product(let factors):
            var total = Fraction(Polynomial(.one))
            for factor in factors { total = try product(total, fraction(factor)) }
            return total
        case .power(let base, let exponent): return try power(base, exponent)
        case .root(let inner, let degree): return try root(fraction(inner), degree)
        case .application(let name, let arguments):
            return Fraction(try Polynomial(name: "\(name)(\(keys(of: arguments).joined(separator: ",")))"))
        case .function(let name, let base, let argument):
            // Each part once: with nested functions, the time would double at every level.
            let inner = try fraction(argument)
            let below = try base.map { (base) throws(Failure) in try fraction(base) }
            if let whole = logarithm(name, below, inner) { return whole }
            if let known = Self.knownValue(name, inner) { return Fraction(Polynomial(known)) }
            return try part("\(name)\(below.map { "_(\($0.key))" } ?? "")(\(inner.key))")
        case .factorial(let inner): return try factorial(fraction(inner))
        case .binomial(let top, let bottom): return try binomial(fraction(top), fraction(bottom))
        case .absolute(let inner):
            let value = try fraction(inner)
            if let number = value.rational {
                return number.numerator < 0 ? value.negated : value
            }
            return try part("|\(value.key)|")
        }
    }

    private mutating func keys(of arguments: [Expression]) throws(Failure) -> [String] {
        var keys: [String] = []
        for argument in arguments { keys.append(try fraction(argument).key) }
        return keys
    }

    /// An opaque part, which can only be compared for equality.
    private func part(_ key: String) throws(Failure) -> Fraction {
        Fraction(try Polynomial(name: Polynomial.partMark + key))
    }

    /// Values at 0, and of logarithms at 1.
    private static func knownValue(_ name: String, _ argument: Fraction) -> Rational? {
        switch name {
        case "sin", "tan", "arcsin", "arctan", "sinh", "tanh": argument.rational == .zero ? .zero : nil
        case "cos", "cosh", "sec": argument.rational == .zero ? .one : nil
        case "ln", "log", "lg": argument.rational == .one ? .zero : nil
        default: nil
        }
    }

    /// A logarithm of numbers that is a whole number.
    private func logarithm(_ name: String, _ base: Fraction?, _ argument: Fraction) -> Fraction? {
        guard name == "log" && base != nil || name == "lg" && base == nil, let number = argument.rational,
            let base = base.map(\.rational) ?? Rational(integer: 10), base.numerator > 0, base != .one
        else { return nil }
        let exponent = (-40...40).first { base.power($0) == number }
        return exponent.map { Fraction(Polynomial(Rational(integer: Int128($0)))) }
    }

    // MARK: Powers and roots

    private mutating func power(_ base: Expression, _ exponent: Expression) throws(Failure) -> Fraction {
        let (value, power) = (try fraction(base), try fraction(exponent))
        if let number = power.rational {
            if number.isInteger, let whole = Int(exactly: number.numerator) {
                if case .root(let inner, let degree) = base, whole % degree == 0 {
                    return try self.power(fraction(inner), whole / degree)
                }
                if abs(whole) <= 1 << 16, let result = try? self.power(value, whole) { return result }
            } else if let degree = Int(exactly: number.denominator), (2...16).contains(degree),
                let whole = Int(exactly: number.numerator), abs(whole) <= 64
            {
                if degree == 2 { return try halfPower(value, whole) }
                if let number = value.rational?.power(whole), number.numerator > 0 { return try root(number, degree) }
            }
        }
        // 2^(n+1) is 2·2^n.
        if power.bottom == Polynomial(.one), let constant = power.top.terms[Polynomial.Monomial()], constant.isInteger,
            let whole = Int(exactly: constant.numerator), abs(whole) <= 64, power.top.terms.count > 1
        {
            let rest = try power.top.plus(Polynomial(constant.negated))
            return try product(self.power(value, whole), part("(\(value.key))^(\(rest.key))"))
        }
        return try part("(\(value.key))^(\(power.key))")
    }

    /// `value^(halves/2)` for an odd number of halves: a whole power and one root.
    private mutating func halfPower(_ value: Fraction, _ halves: Int) throws(Failure) -> Fraction {
        let below = halves >= 0 ? halves / 2 : (halves - 1) / 2
        return try product(root(value, 2), power(value, below))
    }

    private mutating func root(_ value: Fraction, _ degree: Int) throws(Failure) -> Fraction {
        try charge(100)
        if let number = value.rational { return try root(number, degree) }
        if degree == 2, let plain = try? denested(value) { return plain }
        if degree == 2, let scale = value.top.leadingCoefficient.map({ $0.numerator < 0 ? $0.negated : $0 }),
            scale != .one,
            let inverse = scale.inverse, let outside = try? root(scale, 2)
        {
            let inner = Fraction(try product(value.top, Polynomial(inverse)), over: value.bottom)
            return try product(outside, part("√(\(inner.key))"))
        }
        return try part(degree == 2 ? "√(\(value.key))" : "root\(degree)(\(value.key))")
    }

    /// √(a + b√c) is √((a+d)/2) ± √((a-d)/2), where d² = a² - b²c; nil if d is not rational.
    private func denested(_ value: Fraction) throws(Failure) -> Fraction? {
        guard value.bottom == Polynomial(.one), value.top.terms.count == 2,
            let a = value.top.terms[Polynomial.Monomial()],
            a.numerator > 0
        else { return nil }
        let root = try value.top.plus(Polynomial(a.negated))
        guard let square = try root.times(root).rational, let d = a.times(a)?.plus(square.negated)?.root(2),
            let half = Rational(1, over: 2), let first = a.plus(d)?.times(half),
            let second = a.plus(d.negated)?.times(half),
            let sign = root.leadingCoefficient
        else { return nil }
        let (left, right) = (try Polynomial(squareRootOf: first), try Polynomial(squareRootOf: second))
        return Fraction(try left.plus(sign.numerator < 0 ? right.negated : right))
    }

    private func root(_ number: Rational, _ degree: Int) throws(Failure) -> Fraction {
        if let exact = number.root(degree) { return Fraction(Polynomial(exact)) }
        if degree == 2 { return Fraction(try Polynomial(squareRootOf: number)) }
        for part in 2..<degree where degree % part == 0 {
            if number.numerator > 0, let exact = number.root(part) { return try root(exact, degree / part) }
        }
        // The n-th root of a/b is that of a·bⁿ⁻¹ divided by b; n-th powers are taken out of it.
        guard let bottom = Rational(integer: number.denominator).power(degree - 1),
            let whole = Rational(integer: number.numerator).times(bottom), whole.numerator.magnitude <= 10_000_000_000,
            whole.numerator > 0 || degree % 2 == 1
        else { return try part("root\(degree)(\(number))") }
        var (rest, outside, factor) = (Int128(whole.numerator.magnitude), Int128(1), 2)
        while let power = Rational(integer: Int128(factor)).power(degree)?.numerator, power <= rest {
            while rest % power == 0 {
                rest /= power
                outside *= Int128(factor)
            }
            factor += 1
        }
        guard let scale = Rational(whole.numerator < 0 ? -outside : outside, over: number.denominator) else {
            throw Failure()
        }
        return Fraction(try part("root\(degree)(\(rest))").top.times(Polynomial(scale)))
    }

    // MARK: Whole numbers

    private func factorial(_ value: Fraction) throws(Failure) -> Fraction {
        if let number = value.rational, number.isInteger, (0...33).contains(number.numerator) {
            let product = (1...33).prefix(Int(number.numerator)).reduce(Int128(1)) { $0 * Int128($1) }
            return Fraction(Polynomial(Rational(integer: product)))
        }
        return try part("(\(value.key))!")
    }

    private func binomial(_ top: Fraction, _ bottom: Fraction) throws(Failure) -> Fraction {
        if let n = top.rational, let k = bottom.rational, n.isInteger, k.isInteger, (0...120).contains(n.numerator),
            (0...n.numerator).contains(k.numerator)
        {
            var result = Int128(1)
            for step in (1...120).prefix(Int(min(k.numerator, n.numerator - k.numerator))) {
                let (product, isOver) = result.multipliedReportingOverflow(by: n.numerator - Int128(step) + 1)
                guard !isOver else { throw Failure() }
                result = product / Int128(step)
            }
            return Fraction(Polynomial(Rational(integer: result)))
        }
        return try part("C(\(top.key),\(bottom.key))")
    }
}

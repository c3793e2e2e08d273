/// A quotient of two sums: the canonical form of an expression.
///
/// Equal quotients are equal expressions. The converse holds if ``isDecided``.
struct Fraction: Sendable {
    let top: Polynomial
    /// 1, or a sum of several terms; a single term is part of ``top``.
    let bottom: Polynomial

    init(_ top: Polynomial, over bottom: Polynomial = Polynomial(.one)) {
        self.top = top
        self.bottom = top.terms.isEmpty ? Polynomial(.one) : bottom
    }

    /// Its value, if it is a rational number.
    var rational: Rational? { bottom == Polynomial(.one) ? top.rational : nil }

    /// Whether it contains no opaque parts, which appear as names.
    var isDecided: Bool { !top.hasParts && !bottom.hasParts }

    var negated: Fraction { Fraction(top.negated, over: bottom) }

    /// nil if deciding it takes too much work.
    func equals(_ other: Fraction) -> Bool? {
        if top == other.top, bottom == other.bottom { return true }
        if bottom == other.bottom { return false }
        var work = FractionWork()
        guard let left = try? work.product(top, other.bottom), let right = try? work.product(other.top, bottom) else {
            return nil
        }
        return left == right
    }

    /// The same for equal forms only.
    var key: String { bottom == Polynomial(.one) ? top.key : "(\(top.key))/(\(bottom.key))" }
}

/// Arithmetic on fractions with a limited amount of work.
struct FractionWork {
    typealias Failure = Polynomial.Unmanageable

    /// Products of terms still allowed.
    private var left = 20_000

    mutating func charge(_ work: Int) throws(Failure) {
        left -= work
        guard left >= 0 else { throw Failure() }
    }

    mutating func product(_ left: Polynomial, _ right: Polynomial) throws(Failure) -> Polynomial {
        try charge(left.terms.count * right.terms.count)
        return try left.times(right)
    }

    mutating func product(_ left: Fraction, _ right: Fraction) throws(Failure) -> Fraction {
        if left.bottom == right.top, left.bottom.terms.count > 1 { return Fraction(left.top, over: right.bottom) }
        if right.bottom == left.top, right.bottom.terms.count > 1 { return Fraction(right.top, over: left.bottom) }
        return Fraction(try product(left.top, right.top), over: try product(left.bottom, right.bottom))
    }

    mutating func sum(_ left: Fraction, _ right: Fraction) throws(Failure) -> Fraction {
        try charge(left.top.terms.count + right.top.terms.count)
        if left.bottom == right.bottom { return Fraction(try left.top.plus(right.top), over: left.bottom) }
        let (first, second) = (try product(left.top, right.bottom), try product(right.top, left.bottom))
        return Fraction(try first.plus(second), over: try product(left.bottom, right.bottom))
    }

    /// - Throws: also for 0.
    mutating func inverse(_ value: Fraction) throws(Failure) -> Fraction {
        if let single = try value.top.inverseOfOneTerm() { return Fraction(try product(value.bottom, single)) }
        if let conjugate = value.top.conjugate {
            let norm = try product(value.top, conjugate)
            if let single = try norm.inverseOfOneTerm() {
                return Fraction(try product(product(value.bottom, conjugate), single))
            }
        }
        guard let scale = value.top.leadingCoefficient?.inverse else { throw Failure() }
        return Fraction(
            try product(value.bottom, Polynomial(scale)), over: try product(value.top, Polynomial(scale)))
    }

    mutating func power(_ base: Fraction, _ exponent: Int) throws(Failure) -> Fraction {
        if let number = base.rational {
            guard let power = number.power(exponent) else { throw Failure() }
            return Fraction(Polynomial(power))
        }
        guard abs(exponent) <= Polynomial.highestPower else { throw Failure() }
        var result = Fraction(Polynomial(.one))
        for _ in 0..<abs(exponent) { result = try product(result, base) }
        return exponent < 0 ? try inverse(result) : result
    }
}

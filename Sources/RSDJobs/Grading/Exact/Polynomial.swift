import Foundation

/// A sum of rational multiples of products of names and of one square root: the canonical form of simple expressions.
///
/// Equal forms are equal expressions. The reverse holds for numbers with square roots and for polynomials; beyond those
/// (roots of expressions, powers with letters in the exponent, sums in a denominator) a part becomes a name of its own.
struct Polynomial: Hashable, Sendable {
    /// What a coefficient stands before: √``radicand`` and names with their exponents, none of them 0.
    struct Monomial: Hashable, Sendable {
        /// Without a square factor.
        var radicand: Int128 = 1
        var exponents: [String: Int] = [:]
    }

    /// An expression that is too large, a division by zero, or another that has no canonical form here.
    struct Unmanageable: Error {}

    private(set) var terms: [Monomial: Rational] = [:]

    private static let mostTerms = 100
    private static let highestPower = 64
    private static let longestName = 1000

    init() {}

    init(_ number: Rational) {
        if !number.isZero { terms[Monomial()] = number }
    }

    /// - Parameter name: a letter, or the canonical text of a part with which nothing can be done.
    init(name: String) throws(Unmanageable) {
        // Names are made from names: without a limit a short text could make one of any length.
        guard name.utf8.count <= Self.longestName else { throw Unmanageable() }
        terms[Monomial(exponents: [name: 1])] = .one
    }

    /// Its value, where it is a rational number.
    var rational: Rational? {
        if terms.isEmpty { return .zero }
        return terms.count == 1 ? terms[Monomial()] : nil
    }

    /// Its value, where it is a real number.
    var double: Double? {
        var sum = 0.0
        for (monomial, coefficient) in terms {
            var product = coefficient.double * Double(monomial.radicand).squareRoot()
            for (name, exponent) in monomial.exponents {
                guard let value = Self.constants[name] else { return nil }
                product *= pow(value, Double(exponent))
            }
            sum += product
        }
        return sum.isFinite ? sum : nil
    }

    private static let constants = ["π": Double.pi, "e": M_E]

    // MARK: Arithmetic

    func plus(_ other: Polynomial) throws(Unmanageable) -> Polynomial {
        var sum = self
        for (monomial, coefficient) in other.terms { try sum.add(coefficient, monomial) }
        return sum
    }

    func times(_ other: Polynomial) throws(Unmanageable) -> Polynomial {
        var product = Polynomial()
        for (left, a) in terms {
            for (right, b) in other.terms {
                guard let coefficient = a.times(b) else { throw Unmanageable() }
                let (factor, monomial) = try Self.product(left, right)
                guard let all = coefficient.times(factor) else { throw Unmanageable() }
                try product.add(all, monomial)
            }
        }
        return product
    }

    var negated: Polynomial {
        var copy = self
        copy.terms = terms.mapValues(\.negated)
        return copy
    }

    func divided(by other: Polynomial) throws(Unmanageable) -> Polynomial {
        try times(other.inverse())
    }

    func inverse() throws(Unmanageable) -> Polynomial {
        if let (monomial, coefficient) = terms.first, terms.count == 1 {
            guard let inverse = coefficient.times(Rational(integer: monomial.radicand))?.inverse else {
                throw Unmanageable()
            }
            let turned = Monomial(radicand: monomial.radicand, exponents: monomial.exponents.mapValues { -$0 })
            // 1/√r is √r/r, and i has its own way.
            return try Polynomial().adding(inverse, turned)
        }
        guard let leading = leading, let scale = leading.coefficient.inverse else { throw Unmanageable() }
        if terms.count == 2, terms.keys.allSatisfy({ $0.exponents.keys.allSatisfy { $0 == "i" } }) {
            var conjugate = self
            conjugate.terms[leading.monomial] = leading.coefficient.negated
            return try conjugate.divided(by: times(conjugate))
        }
        let whole = try times(Polynomial(scale))
        return try Polynomial(name: "(\(whole.key))").inverse().times(Polynomial(scale))
    }

    func power(_ exponent: Int) throws(Unmanageable) -> Polynomial {
        guard abs(exponent) <= Self.highestPower else { throw Unmanageable() }
        var result = Polynomial(.one)
        for _ in 0..<abs(exponent) { result = try result.times(self) }
        return exponent < 0 ? try result.inverse() : result
    }

    func root(_ n: Int) throws(Unmanageable) -> Polynomial {
        if let number = rational {
            if let exact = number.root(n) { return Polynomial(exact) }
            if n == 2 { return try Self.squareRoot(number) }
        }
        return try Polynomial(name: n == 2 ? "√(\(key))" : "root\(n)(\(key))")
    }

    private static func squareRoot(_ number: Rational) throws(Unmanageable) -> Polynomial {
        // √(n/d) is √(nd)/d; the largest square is found by trial, so that what is under the root has a limit.
        let (product, isOver) = number.numerator.multipliedReportingOverflow(by: number.denominator)
        guard !isOver, product.magnitude <= 10_000_000_000 else { throw Unmanageable() }
        var (rest, outside) = (Int128(product.magnitude), Int128(1))
        var factor: Int128 = 2
        while factor * factor <= rest {
            while rest % (factor * factor) == 0 {
                rest /= factor * factor
                outside *= factor
            }
            factor += 1
        }
        guard let coefficient = Rational(outside, over: number.denominator) else { throw Unmanageable() }
        let monomial = Monomial(radicand: rest, exponents: product < 0 ? ["i": 1] : [:])
        return try Polynomial().adding(coefficient, monomial)
    }

    private static func product(_ left: Monomial, _ right: Monomial) throws(Unmanageable) -> (Rational, Monomial) {
        var factor = Rational.one
        var monomial = left
        if right.radicand == left.radicand {
            factor = Rational(integer: left.radicand)
            monomial.radicand = 1
        } else if right.radicand != 1 {
            let (product, isOver) = left.radicand.multipliedReportingOverflow(by: right.radicand)
            guard !isOver, let root = try squareRoot(Rational(integer: product)).terms.first else {
                throw Unmanageable()
            }
            (monomial.radicand, factor) = (root.key.radicand, root.value)
        }
        for (name, exponent) in right.exponents {
            let sum = (monomial.exponents[name] ?? 0) + exponent
            guard abs(sum) <= highestPower else { throw Unmanageable() }
            monomial.exponents[name] = sum == 0 ? nil : sum
        }
        return (factor, monomial)
    }

    private func adding(_ coefficient: Rational, _ monomial: Monomial) throws(Unmanageable) -> Polynomial {
        var copy = self
        try copy.add(coefficient, monomial)
        return copy
    }

    private mutating func add(_ coefficient: Rational, _ monomial: Monomial) throws(Unmanageable) {
        var (coefficient, monomial) = (coefficient, monomial)
        if let turns = monomial.exponents["i"] {
            // i² is -1.
            monomial.exponents["i"] = turns % 2 == 0 ? nil : 1
            if [2, 3].contains(((turns % 4) + 4) % 4) { coefficient = coefficient.negated }
        }
        guard let sum = (terms[monomial] ?? .zero).plus(coefficient) else { throw Unmanageable() }
        terms[monomial] = sum.isZero ? nil : sum
        if terms.count > Self.mostTerms { throw Unmanageable() }
    }

    // MARK: The canonical text

    private var sorted: [(name: String, monomial: Monomial, coefficient: Rational)] {
        terms.map { ($0.key.description, $0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    private var leading: (monomial: Monomial, coefficient: Rational)? {
        sorted.last.map { ($0.monomial, $0.coefficient) }
    }

    /// Divided by the coefficient of one term, so that all multiples of it become the same.
    var primitive: Polynomial {
        guard let scale = leading?.coefficient.inverse, let whole = try? times(Polynomial(scale)) else { return self }
        return whole
    }

    /// The same for equal forms only.
    var key: String {
        if terms.isEmpty { return "0" }
        return sorted.map { $0.name.isEmpty ? "\($0.coefficient)" : "\($0.coefficient)·\($0.name)" }
            .joined(separator: "+")
    }
}

extension Polynomial.Monomial: CustomStringConvertible {
    var description: String {
        let root = radicand == 1 ? [] : ["√\(radicand)"]
        let names = exponents.sorted { $0.key < $1.key }.map { $0.value == 1 ? $0.key : "\($0.key)^\($0.value)" }
        return (root + names).joined(separator: "·")
    }
}

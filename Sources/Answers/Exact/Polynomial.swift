import Foundation

/// A sum of rational multiples of products of names and one square root.
///
/// Equal forms are equal expressions. The converse holds for numbers with square roots and for polynomials; beyond
/// those (roots of expressions, powers with letters in the exponent, functions), a part becomes a name of its own.
struct Polynomial: Hashable, Sendable {
    /// The factor of a coefficient: √``radicand`` and names with their exponents, none of them 0.
    struct Monomial: Hashable, Sendable {
        /// Without a square factor.
        var radicand: Int128 = 1
        var exponents: [String: Int] = [:]
    }

    /// An expression that is too large, a division by zero, or another without a canonical form here.
    struct Unmanageable: Error {}

    private(set) var terms: [Monomial: Rational] = [:]

    private static let mostTerms = 100
    static let highestPower = 64
    private static let longestName = 1000

    init() {}

    init(_ number: Rational) {
        if !number.isZero { terms[Monomial()] = number }
    }

    /// - Parameter name: a letter, or the canonical text of an opaque part.
    init(name: String) throws(Unmanageable) {
        // Names are made from names: without a limit, a short text could make one of any length.
        guard name.utf8.count <= Self.longestName else { throw Unmanageable() }
        terms[Monomial(exponents: [name: 1])] = .one
    }

    /// Its value, if it is a rational number.
    var rational: Rational? {
        if terms.isEmpty { return .zero }
        return terms.count == 1 ? terms[Monomial()] : nil
    }

    /// Prefix of the names of opaque parts.
    static let partMark = "\u{1}"

    /// Whether one of its names is an opaque part.
    var hasParts: Bool {
        terms.keys.contains { $0.exponents.keys.contains { $0.hasPrefix(Self.partMark) } }
    }

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

    /// The inverse of a single term; nil for a sum of several terms.
    ///
    /// - Throws: for 0.
    func inverseOfOneTerm() throws(Unmanageable) -> Polynomial? {
        guard let (monomial, coefficient) = terms.first else { throw Unmanageable() }
        guard terms.count == 1 else { return nil }
        guard let inverse = coefficient.times(Rational(integer: monomial.radicand))?.inverse else {
            throw Unmanageable()
        }
        let turned = Monomial(radicand: monomial.radicand, exponents: monomial.exponents.mapValues { -$0 })
        // 1/√r is √r/r; i is handled separately.
        return try Polynomial().adding(inverse, turned)
    }

    /// The factor that makes one term of a sum of two terms that are numbers; nil for any other.
    var conjugate: Polynomial? {
        guard terms.count == 2, let leading, terms.keys.allSatisfy({ $0.exponents.keys.allSatisfy { $0 == "i" } })
        else {
            return nil
        }
        var conjugate = self
        conjugate.terms[leading.monomial] = leading.coefficient.negated
        return conjugate
    }

    init(squareRootOf number: Rational) throws(Unmanageable) {
        // √(n/d) is √(nd)/d; the largest square is found by trial, so the radicand is limited.
        let (product, isOver) = number.numerator.multipliedReportingOverflow(by: number.denominator)
        guard !isOver, product.magnitude <= 10_000_000_000 else { throw Unmanageable() }
        var (rest, outside) = (UInt64(product.magnitude), UInt64(1))
        var factor: UInt64 = 2
        while factor * factor <= rest {
            while rest % (factor * factor) == 0 {
                rest /= factor * factor
                outside *= factor
            }
            factor += 1
        }
        guard let coefficient = Rational(Int128(outside), over: number.denominator) else { throw Unmanageable() }
        try add(coefficient, Monomial(radicand: Int128(rest), exponents: product < 0 ? ["i": 1] : [:]))
    }

    private static func product(_ left: Monomial, _ right: Monomial) throws(Unmanageable) -> (Rational, Monomial) {
        var factor = Rational.one
        var monomial = left
        if right.radicand != 1 {
            // Neither has a square factor: only a common divisor makes one.
            let common = Rational.commonDivisor(left.radicand, right.radicand)
            let (product, isOver) = (left.radicand / common).multipliedReportingOverflow(by: right.radicand / common)
            guard !isOver else { throw Unmanageable() }
            (monomial.radicand, factor) = (product, Rational(integer: common))
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

    var leadingCoefficient: Rational? { leading?.coefficient }

    /// Divided by the coefficient of one term, so that all multiples of it are equal.
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
        let names = exponents.sorted { $0.key < $1.key }.map { name, exponent in
            let name = name.hasPrefix(Polynomial.partMark) ? String(name.dropFirst()) : name
            return exponent == 1 ? name : "\(name)^\(exponent)"
        }
        return (root + names).joined(separator: "·")
    }
}

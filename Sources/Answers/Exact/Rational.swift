import Foundation

/// A fraction in lowest terms with a positive denominator. Values that do not fit into 128 bits are nil.
package struct Rational: Hashable, Sendable {
    let numerator: Int128
    let denominator: Int128

    static let zero = Rational(integer: 0)
    static let one = Rational(integer: 1)

    init(integer: Int128) {
        numerator = integer
        denominator = 1
    }

    /// nil for a denominator of 0.
    init?(_ numerator: Int128, over denominator: Int128) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        let divisor = Self.commonDivisor(numerator.magnitude, denominator.magnitude)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = sign * numerator / Int128(divisor)
        self.denominator = sign * denominator / Int128(divisor)
    }

    /// Digits with at most one point, optionally with an exponent or with repeating digits in brackets, such as `12`,
    /// `.5`, `1.2e-3`, `0.1(6)`.
    init?(decimal text: some StringProtocol) {
        if let bracket = text.firstIndex(of: "(") {
            self.init(digits: text[..<bracket], repeating: text[text.index(after: bracket)...].dropLast())
            return
        }
        let parts = text.lowercased().split(separator: "e", maxSplits: 1)
        guard let mantissa = parts.first else { return nil }
        var exponent = 0
        if parts.count == 2 {
            guard let written = Int(parts[1]), abs(written) <= 38 else { return nil }
            exponent = written
        }
        let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var fraction = halves.count == 2 ? halves[1] : ""
        while fraction.hasSuffix("0") { fraction.removeLast() }
        guard let digits = Int128("0" + halves[0] + fraction) else { return nil }
        exponent -= fraction.count
        guard let scale = Self.power(10, abs(exponent)) else { return nil }
        if exponent < 0 {
            self.init(digits, over: scale)
        } else {
            guard let product = Self.product(digits, scale) else { return nil }
            self.init(integer: product)
        }
    }

    private init?(digits: some StringProtocol, repeating: some StringProtocol) {
        guard let start = Rational(decimal: digits), let tail = Int128(repeating), repeating.count <= 30,
            let nines = Self.power(10, repeating.count),
            let scale = Self.power(10, digits.split(separator: ".", omittingEmptySubsequences: false).last?.count ?? 0),
            let bottom = Self.product(nines - 1, scale), let part = Rational(tail, over: bottom),
            let sum = start.plus(part)
        else { return nil }
        self = sum
    }

    var isInteger: Bool { denominator == 1 }
    var isZero: Bool { numerator == 0 }
    var double: Double { Double(numerator) / Double(denominator) }
    var negated: Rational { Rational(-numerator, over: denominator) ?? self }
    var inverse: Rational? { Rational(denominator, over: numerator) }

    func plus(_ other: Rational) -> Rational? {
        guard let left = Self.product(numerator, other.denominator),
            let right = Self.product(other.numerator, denominator),
            let bottom = Self.product(denominator, other.denominator)
        else { return nil }
        let (sum, isOver) = left.addingReportingOverflow(right)
        return isOver ? nil : Rational(sum, over: bottom)
    }

    func times(_ other: Rational) -> Rational? {
        guard let top = Self.product(numerator, other.numerator),
            let bottom = Self.product(denominator, other.denominator)
        else { return nil }
        return Rational(top, over: bottom)
    }

    /// The n-th root, if it is rational.
    func root(_ n: Int) -> Rational? {
        guard numerator >= 0 || n % 2 == 1, let top = Self.root(Int128(numerator.magnitude), n),
            let bottom = Self.root(denominator, n)
        else { return nil }
        return Rational(numerator < 0 ? -top : top, over: bottom)
    }

    private static func root(_ value: Int128, _ n: Int) -> Int128? {
        guard value < 1 << 53 else { return nil }
        let guess = Int128(Foundation.pow(Double(value), 1 / Double(n)).rounded())
        return [guess - 1, guess, guess + 1].first { $0 >= 0 && power($0, n) == value }
    }

    func power(_ exponent: Int) -> Rational? {
        guard exponent >= 0 else { return inverse?.power(-exponent) }
        guard let top = Self.power(numerator, exponent), let bottom = Self.power(denominator, exponent) else {
            return nil
        }
        return Rational(top, over: bottom)
    }

    private static func power(_ base: Int128, _ exponent: Int) -> Int128? {
        if base.magnitude <= 1 { return base < 0 && exponent % 2 == 0 ? 1 : exponent == 0 ? 1 : base }
        var result: Int128 = 1
        for _ in 0..<exponent {
            guard let next = product(result, base) else { return nil }
            result = next
        }
        return result
    }

    private static func product(_ left: Int128, _ right: Int128) -> Int128? {
        let (value, isOver) = left.multipliedReportingOverflow(by: right)
        return isOver || value == .min ? nil : value
    }

    static func commonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
        Int128(commonDivisor(left.magnitude, right.magnitude))
    }

    private static func commonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (a, b) = (left, right)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}

extension Rational: CustomStringConvertible {
    package var description: String { isInteger ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

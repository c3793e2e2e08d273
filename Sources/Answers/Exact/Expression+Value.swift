import Foundation

extension Expression {
    /// Its value, if it is a real number and contains no letters.
    var value: Double? {
        var numerals = Numerals(letters: nil)
        return numerals.value(of: self)
    }

    /// Whether it contains a division by 0.
    var dividesByZero: Bool {
        switch self {
        case .inverse(let inner): inner.value == 0 || inner.dividesByZero
        case .sum(let parts), .product(let parts): parts.contains(where: \.dividesByZero)
        case .negative(let inner): inner.dividesByZero
        default: false
        }
    }

    /// Whether substituting numbers for the letters shows that two expressions differ. It never shows that they are
    /// equal.
    func surelyDiffers(from other: Expression) -> Bool {
        (1...3).contains { draw in
            var numerals = Numerals(letters: Double(draw))
            guard let left = numerals.value(of: self), let right = numerals.value(of: other) else { return false }
            return abs(left - right) > 1e-9 + 1e-7 * max(abs(left), abs(right))
        }
    }
}

/// Substitutes numbers for letters.
private struct Numerals {
    /// Number of the draw, from which the letters' numbers derive; nil if letters have no value.
    let letters: Double?

    mutating func value(of expression: Expression) -> Double? {
        guard let value = unchecked(expression), value.isFinite else { return nil }
        return value
    }

    private mutating func unchecked(_ expression: Expression) -> Double? {
        switch expression {
        case .number(let number): return number.double
        case .name(let name): return letter(name)
        case .negative(let inner): return value(of: inner).map { -$0 }
        case .inverse(let inner): return value(of: inner).map { 1 / $0 }
        case .sum(let terms):
            var sum = 0.0
            for term in terms {
                guard let value = value(of: term) else { return nil }
                sum += value
            }
            return sum
        case .product(let factors):
            var product = 1.0
            for factor in factors {
                guard let value = value(of: factor) else { return nil }
                product *= value
            }
            return product
        case .power(let base, let exponent):
            guard let base = value(of: base), let exponent = value(of: exponent) else { return nil }
            return pow(base, exponent)
        case .root(let inner, let degree):
            guard let inner = value(of: inner) else { return nil }
            if inner < 0, degree % 2 == 1 { return -pow(-inner, 1 / Double(degree)) }
            return pow(inner, 1 / Double(degree))
        case .function(let name, let base, let argument):
            guard let argument = value(of: argument) else { return nil }
            guard let base else { return Self.function(name, argument) }
            guard name == "log", let base = value(of: base) else { return nil }
            return Foundation.log(argument) / Foundation.log(base)
        case .application(let name, let arguments):
            guard letters != nil else { return nil }
            var place = letter(name) ?? 0
            for argument in arguments {
                guard let value = value(of: argument) else { return nil }
                place = 1.7 * sin(place + value) + 0.4
            }
            return place
        case .factorial(let inner):
            guard let number = value(of: inner), number >= 0, number <= 170, number == number.rounded() else {
                return nil
            }
            return tgamma(number + 1)
        case .binomial: return nil
        case .absolute(let inner): return value(of: inner).map(abs)
        }
    }

    private static let constants = ["π": Double.pi, "e": M_E, "°": Double.pi / 180]

    private func letter(_ name: String) -> Double? {
        if let constant = Self.constants[name] { return constant }
        if let numeral = Double(name) { return numeral }
        guard let letters, name != "i", name != "∞" else { return nil }
        // Must be the same for a name in every process.
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return 0.3 + 1.4 * Double(hash % 9973) / 9973 + 0.37 * letters
    }

    /// nil for an ambiguous function, such as `\log` without a base.
    private static func function(_ name: String, _ x: Double) -> Double? {
        switch name {
        case "sin": Foundation.sin(x)
        case "cos": Foundation.cos(x)
        case "tan": Foundation.tan(x)
        case "cot": 1 / Foundation.tan(x)
        case "sec": 1 / Foundation.cos(x)
        case "csc": 1 / Foundation.sin(x)
        case "arcsin", "sin^-1": asin(x)
        case "arccos", "cos^-1": acos(x)
        case "arctan", "tan^-1": atan(x)
        case "sinh": Foundation.sinh(x)
        case "cosh": Foundation.cosh(x)
        case "tanh": Foundation.tanh(x)
        case "ln": Foundation.log(x)
        case "lg": log10(x)
        case "exp": Foundation.exp(x)
        default: nil
        }
    }
}

import Foundation

/// Student's t distribution.
package struct StudentT: Sendable {
    /// At least 1.
    package let degreesOfFreedom: Double

    package init(degreesOfFreedom: Double) {
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability of a value at least as far from 0 as `t`, on either side.
    package func twoSided(_ t: Double) -> Double {
        guard t.isFinite else { return 0 }
        return Self.incompleteBeta(
            degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5,
            complement: t * t / (degreesOfFreedom + t * t))
    }

    /// The value that 95 % of the distribution is nearer to 0 than: 1.96 for many degrees of freedom.
    package var z: Double {
        // 12.71 with one degree of freedom, and less with more.
        var (low, high) = (1.0, 13.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if twoSided(middle) > 0.05 { low = middle } else { high = middle }
        }
    }

    /// The regularized incomplete beta function I_x(a, b) (NIST DLMF, 8.17).
    ///
    /// - Parameter complement: 1 − x, which the caller may know more exactly.
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double, complement: Double) -> Double {
        guard x > 0 else { return 0 }
        guard complement > 0 else { return 1 }
        let front = exp(a * log(x) + b * log(complement) + lgamma(a + b) - lgamma(a) - lgamma(b))
        // The fraction converges fast below the mean; above it, that of the other side does.
        return x < (a + 1) / (a + b + 2)
            ? front / (a * continuedFraction(x, a, b)) : 1 - front / (b * continuedFraction(complement, b, a))
    }

    /// DLMF 8.17.22, evaluated from the front (Lentz's method, modified by Thompson and Barnett).
    private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var (fraction, c, d) = (1.0, 1.0, 0.0)
        for step in 1...10_000 {
            let m = Double(step / 2)
            let term =
                step.isMultiple(of: 2)
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + term * d)
            c = kept(1 + term / c)
            fraction *= c * d
            if abs(c * d - 1) < 1e-16 { break }
        }
        return fraction
    }
}

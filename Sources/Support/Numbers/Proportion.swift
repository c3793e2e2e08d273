import Foundation

/// A proportion with its 95 % Wilson interval, which stays within 0…1 and is sound for small samples and extreme
/// proportions.
package struct Proportion: Sendable, Equatable {
    package let count: Int
    package let total: Int

    package init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    /// The proportion; nil without observations.
    package var value: Double? { total == 0 ? nil : Double(count) / Double(total) }

    package var interval: ClosedRange<Double>? { value.map { Self.wilson($0, n: Double(total)) } }

    /// The 97.5th percentile of the standard normal distribution.
    package static let z = 1.959_963_984_540_054

    /// - Parameter n: number of independent observations; may be fractional.
    static func wilson(_ p: Double, n: Double) -> ClosedRange<Double> {
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}

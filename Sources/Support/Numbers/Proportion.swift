import Foundation

/// A share and its 95 % interval after Wilson, which stays inside 0…1 and makes sense for few and for extreme counts.
package struct Proportion: Sendable, Equatable {
    package let count: Int
    package let total: Int

    package init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    /// nil where there is nothing to take a share of.
    package var value: Double? { total == 0 ? nil : Double(count) / Double(total) }

    package var interval: ClosedRange<Double>? { value.map { Self.wilson($0, n: Double(total)) } }

    /// The standard normal distribution's 97.5th percentile.
    package static let z = 1.959_963_984_540_054

    /// - Parameter n: how many independent observations the share is worth; need not be whole.
    static func wilson(_ p: Double, n: Double) -> ClosedRange<Double> {
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}

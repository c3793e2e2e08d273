import Foundation

/// A share and its 95 % interval after Wilson, which stays inside 0…1 and makes sense for few and for extreme counts.
public struct Proportion: Sendable, Equatable {
    public let count: Int
    public let total: Int

    public init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    /// nil where there is nothing to take a share of.
    public var value: Double? { total == 0 ? nil : Double(count) / Double(total) }

    public var interval: ClosedRange<Double>? {
        guard let p = value else { return nil }
        let z = 1.959_963_984_540_054
        let n = Double(total)
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - half)...min(1, centre + half)
    }
}

/// A figure as a plan has it: between two ends, and what it will most likely be.
public struct PlanRange: Sendable, Equatable, Codable {
    public var low: Double
    public var expected: Double
    public var high: Double

    public init(low: Double, expected: Double, high: Double) {
        self.low = low
        self.expected = expected
        self.high = high
    }

    public init(exactly value: Double) { self.init(low: value, expected: value, high: value) }

    /// - Parameter slack: how far from the value the ends lie, as a part of it.
    init(around value: Double, slack: Double) {
        self.init(low: value * (1 - slack), expected: value, high: value * (1 + slack))
    }

    public func contains(_ value: Double) -> Bool { (low...high).contains(value) }
}

extension PlanRange {
    /// Figures of several rehearsals, the first of which is the one to expect.
    ///
    /// - Parameter slack: how far beyond them the ends lie, as a part of them.
    init(over values: [Double], slack: Double) {
        self.init(
            low: (values.min() ?? 0) * (1 - slack), expected: values.first ?? 0, high: (values.max() ?? 0) * (1 + slack)
        )
    }
}

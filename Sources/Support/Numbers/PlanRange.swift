/// A figure as a plan has it: between two ends, and what it will most likely be.
package struct PlanRange: Sendable, Equatable, Codable {
    package var low: Double
    package var expected: Double
    package var high: Double

    package init(low: Double, expected: Double, high: Double) {
        self.low = low
        self.expected = expected
        self.high = high
    }

    package init(exactly value: Double) { self.init(low: value, expected: value, high: value) }

    /// - Parameter slack: how far from the value the ends lie, as a part of it.
    package init(around value: Double, slack: Double) {
        self.init(low: value * (1 - slack), expected: value, high: value * (1 + slack))
    }

    package func contains(_ value: Double) -> Bool { (low...high).contains(value) }
}

extension PlanRange {
    /// Figures of several simulations, the first of which is the one to expect.
    ///
    /// - Parameter slack: how far beyond them the ends lie, as a part of them.
    package init(over values: [Double], slack: Double) {
        self.init(
            low: (values.min() ?? 0) * (1 - slack), expected: values.first ?? 0, high: (values.max() ?? 0) * (1 + slack)
        )
    }
}

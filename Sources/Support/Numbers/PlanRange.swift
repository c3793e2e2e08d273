/// A figure of a plan: an expected value between two ends.
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

    /// - Parameter slack: distance of the ends from the value, as a share of it.
    package init(around value: Double, slack: Double) {
        self.init(low: value * (1 - slack), expected: value, high: value * (1 + slack))
    }

    package func contains(_ value: Double) -> Bool { (low...high).contains(value) }
}

extension PlanRange {
    /// The range over the figures of several simulations, the expected one first.
    ///
    /// - Parameter slack: how far the ends lie beyond them, as a share of them.
    package init(over values: [Double], slack: Double) {
        self.init(
            low: (values.min() ?? 0) * (1 - slack), expected: values.first ?? 0, high: (values.max() ?? 0) * (1 + slack)
        )
    }
}

/// The mean of a normal quantity of which some values were observed.
package struct StudentMean: Sendable {
    package let mean: Double
    package let standardError: Double
    private let distribution: StudentT

    /// nil with fewer than two observations.
    package init?(_ values: [Double]) {
        guard values.count > 1 else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        standardError = (squares / (count - 1) / count).squareRoot()
        distribution = StudentT(degreesOfFreedom: count - 1)
    }

    /// Its 95 % interval.
    package var interval: ClosedRange<Double> {
        let half = distribution.z * standardError
        return mean - half...mean + half
    }

    /// The probability of values with a mean at least as far from 0 if the true mean is 0.
    package var p: Double { distribution.twoSided(mean / standardError) }
}

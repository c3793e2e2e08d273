/// What the GPUs used in a phase, in joules: all of it, that of other programs included.
package struct PhaseEnergy: Sendable, Equatable, Codable {
    /// Making room for its engines and bringing them up.
    package var entering: Double
    /// Asking them.
    package var working: Double

    package init(entering: Double, working: Double) {
        self.entering = entering
        self.working = working
    }

    /// - Parameter readings: of an `EnergyMeter` before the engines came up, before they were asked, and after.
    /// - Returns: nil where one is missing, or the counter began anew in between.
    package init?(readings: [Double?]) {
        let known = readings.compactMap(\.self)
        guard known.count == 3, known[0] <= known[1], known[1] <= known[2] else { return nil }
        self.init(entering: known[1] - known[0], working: known[2] - known[1])
    }
}

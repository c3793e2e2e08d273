/// Energy of the GPUs in a phase, in joules, including other programs on them.
package struct PhaseEnergy: Sendable, Equatable, Codable {
    /// Making room for the engines and starting them.
    package var entering: Double
    /// Serving requests.
    package var working: Double

    package init(entering: Double, working: Double) {
        self.entering = entering
        self.working = working
    }

    /// - Parameter readings: of an `EnergyMeter` before the engines started, before their first request, and at the end.
    /// - Returns: nil if a reading is missing, or if the counter was reset in between.
    package init?(readings: [Double?]) {
        let known = readings.compactMap(\.self)
        guard known.count == 3, known[0] <= known[1], known[1] <= known[2] else { return nil }
        self.init(entering: known[1] - known[0], working: known[2] - known[1])
    }
}

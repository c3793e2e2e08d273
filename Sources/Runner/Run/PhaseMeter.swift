import ModelLifecycle
import RunStore

/// Measures the energy of the GPUs in the parts of one phase.
struct PhaseMeter {
    private let meter: EnergyMeter?
    private var readings: [Double?] = []

    /// - Parameter meter: nil if energy cannot be measured.
    init(_ meter: EnergyMeter?) {
        self.meter = meter
    }

    /// Call it before the engines start, before their first request, and at the end.
    mutating func read() async { readings.append(await meter?.reading()) }

    var energy: PhaseEnergy? { PhaseEnergy(readings: readings) }
}

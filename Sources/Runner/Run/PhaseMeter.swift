import ModelLifecycle
import RunStore

/// Measures what the GPUs use in the parts of one phase.
struct PhaseMeter {
    private let meter: EnergyMeter?
    private var readings: [Double?] = []

    /// - Parameter meter: nil where nothing can be measured.
    init(_ meter: EnergyMeter?) {
        self.meter = meter
    }

    /// To be called before the engines come up, before they are asked, and after that.
    mutating func read() async { readings.append(await meter?.reading()) }

    var energy: PhaseEnergy? { PhaseEnergy(readings: readings) }
}

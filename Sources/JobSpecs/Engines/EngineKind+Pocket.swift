import Checkpoints
import ModelLifecycle
import Support

extension EngineKind {
    /// The small CPU engine included with rsd-batch.
    package static let pocket = EngineKind(
        name: "pocket", title: "the pocket engine", dialect: { _ in PocketDialect() },
        profiles: [.tokenClassification], numberType: .float, footprint: { _ in .pocket }, hardware: { _ in .pocket },
        unknownStart: 2, leastWork: 1)
}

extension EngineFootprint {
    fileprivate static let pocket = EngineFootprint(
        outside: 0, working: .gibibytes(0.06), asleep: 0, host: 0, standby: .gibibytes(0.06), leastCache: 0)
}

extension HardwareAssumptions {
    fileprivate static let pocket = HardwareAssumptions(
        name: "the pocket engine", start: PlanRange(low: 0.02, expected: 0.15, high: 2),
        loading: PlanRange(low: 1e8, expected: 1e9, high: 5e9), wake: PlanRange(exactly: 0),
        bandwidth: PlanRange(low: 1e9, expected: 5e9, high: 3e10),
        compute: PlanRange(low: 1e9, expected: 5e9, high: 5e10),
        overhead: PlanRange(low: 5e-6, expected: 3e-5, high: 1e-4))
}

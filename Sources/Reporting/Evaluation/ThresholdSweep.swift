import JobSpecs
import Methods

/// Methods of a job that differ only in their threshold.
struct ThresholdSweep: Sendable, Equatable, Encodable {
    struct Point: Sendable, Equatable, Encodable {
        var method: String
        var threshold: Double
    }

    /// The settings that they share, as in a spec: `rsd, weighting: binary_step`.
    var settings: String
    /// What the thresholds are compared with. Those of different scales have no axis in common.
    var scale = ThresholdScale.reward
    /// In ascending order of the thresholds.
    var points: [Point]
}

extension ThresholdSweep {
    /// The sweeps of a job, in the order of their first methods.
    static func all(in methods: [MethodSpec]) -> [ThresholdSweep] {
        groups(of: methods).filter { Set($0.points.map(\.threshold)).count > 1 }
    }

    /// The same, and methods whose threshold no other one varies.
    static func groups(of methods: [MethodSpec]) -> [ThresholdSweep] {
        var sweeps: [ThresholdSweep] = []
        for method in methods {
            let settings = method.settings
            guard let threshold = settings.first(where: { $0.key == thresholdKey }).flatMap({ Double($0.value) })
            else { continue }
            let shared = [method.kind.key] + settings.filter { $0.key != thresholdKey }.map { "\($0.key): \($0.value)" }
            let name = shared.joined(separator: ", ")
            let point = Point(method: method.name, threshold: threshold)
            if let place = sweeps.firstIndex(where: { $0.settings == name }) {
                sweeps[place].points.append(point)
            } else {
                let scale = method.kind.settings.thresholdScale
                sweeps.append(ThresholdSweep(settings: name, scale: scale, points: [point]))
            }
        }
        for place in sweeps.indices { sweeps[place].points.sort { $0.threshold < $1.threshold } }
        return sweeps
    }

    private static let thresholdKey = "threshold"
}

/// Where the seconds of a start went. What is not known is nil; where all are known, they add up to the start.
package struct StartPhases: Sendable, Hashable, Codable {
    /// Until the weights began to load: Python's imports, the configuration, the device.
    package var imports: Double?
    /// Loading the weights.
    package var weights: Double?
    /// Compiling, capturing graphs, and making the KV cache.
    package var graphs: Double?
    /// From then on until the server answered.
    package var ready: Double?

    package init(imports: Double? = nil, weights: Double? = nil, graphs: Double? = nil, ready: Double? = nil) {
        (self.imports, self.weights, self.graphs, self.ready) = (imports, weights, graphs, ready)
    }

    /// In the order in which they happen, those that are known.
    package var known: [(name: Name, seconds: Double)] {
        let all: [(Name, Double?)] = [
            (.imports, imports), (.weights, weights), (.graphs, graphs), (.ready, ready),
        ]
        return all.compactMap { name, seconds in seconds.map { (name, $0) } }
    }

    package enum Name: String, Sendable, Hashable, CaseIterable {
        case imports, weights, graphs, ready

        /// For people.
        package var words: String { self == .graphs ? "compile and graphs" : rawValue }
    }

    /// The seconds of two starts, phase by phase.
    package static func + (one: StartPhases, other: StartPhases) -> StartPhases {
        func sum(_ path: KeyPath<StartPhases, Double?>) -> Double? {
            guard let first = one[keyPath: path] else { return other[keyPath: path] }
            return first + (other[keyPath: path] ?? 0)
        }
        return StartPhases(imports: sum(\.imports), weights: sum(\.weights), graphs: sum(\.graphs), ready: sum(\.ready))
    }
}

/// How far a starting engine is, as a line of its log tells. Seconds are by the engine's own clock.
package enum StartMark: Sendable, Hashable {
    /// The model begins to load.
    case loadBegan
    /// Weights were read: most of the loading, but not all.
    case weightsRead(seconds: Double)
    /// The model is there, and loading it took so long.
    case loaded(seconds: Double)
    /// All is compiled, captured and allocated, which took so long once the model was there.
    case warmedUp(seconds: Double)
}

/// The seconds of a start by phase. Unknown phases are nil; if all are known, they add up to the start.
package struct StartPhases: Sendable, Hashable, Codable {
    /// Until the weights start to load: Python imports, configuration, device.
    package var imports: Double?
    /// Loading the weights.
    package var weights: Double?
    /// Compiling, capturing graphs, and making the KV cache.
    package var graphs: Double?
    /// From then until the server responded.
    package var ready: Double?

    package init(imports: Double? = nil, weights: Double? = nil, graphs: Double? = nil, ready: Double? = nil) {
        (self.imports, self.weights, self.graphs, self.ready) = (imports, weights, graphs, ready)
    }

    /// The known phases, in order.
    package var known: [(name: Name, seconds: Double)] {
        let all: [(Name, Double?)] = [
            (.imports, imports), (.weights, weights), (.graphs, graphs), (.ready, ready),
        ]
        return all.compactMap { name, seconds in seconds.map { (name, $0) } }
    }

    package enum Name: String, Sendable, Hashable, CaseIterable {
        case imports, weights, graphs, ready

        /// Name for display.
        package var words: String { self == .graphs ? "compile and graphs" : rawValue }
    }

    /// Adds the seconds of two starts, phase by phase.
    package static func + (one: StartPhases, other: StartPhases) -> StartPhases {
        func sum(_ path: KeyPath<StartPhases, Double?>) -> Double? {
            guard let first = one[keyPath: path] else { return other[keyPath: path] }
            return first + (other[keyPath: path] ?? 0)
        }
        return StartPhases(imports: sum(\.imports), weights: sum(\.weights), graphs: sum(\.graphs), ready: sum(\.ready))
    }
}

/// A stage of a start, read from a line of the engine's log. Seconds are by the engine's own clock.
package enum StartMark: Sendable, Hashable {
    /// The model starts to load.
    case loadBegan
    /// Weights were read, which is most of the loading but not all.
    case weightsRead(seconds: Double)
    /// The model is loaded, with the time that took.
    case loaded(seconds: Double)
    /// Compiling, capturing and allocation are done, with the time they took after loading.
    case warmedUp(seconds: Double)
}

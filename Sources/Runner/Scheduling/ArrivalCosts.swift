import JobSpecs

/// Predicted seconds until engines are ready.
package struct ArrivalCosts: Sendable, Equatable {
    /// In new processes.
    package var starts: [EngineID: Double]
    /// When they work again after another group: starts, or wake-ups.
    package var next: [EngineID: Double]
    /// Every time after that.
    package var later: [EngineID: Double]

    package init(starts: [EngineID: Double], next: [EngineID: Double], later: [EngineID: Double]) {
        (self.starts, self.next, self.later) = (starts, next, later)
    }
}

extension [EngineID: Double] {
    func sum(of engines: some Sequence<EngineID>) -> Double { engines.reduce(0) { $0 + (self[$1] ?? 0) } }
}

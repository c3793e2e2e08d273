import Support

extension RunFigures {
    /// Energy of the GPUs in all phases, by the engines that were up; see ``PhaseEnergy``.
    package struct Joules: Sendable, Equatable, Codable {
        package var entering: [String: Double] = [:]
        package var working: [String: Double] = [:]

        // In a fixed order, so that equal figures have bit-identical sums.
        private var comingUp: Double { RunFigures.inOrder(entering).reduce(0) { $0 + $1.value } }
        package var total: Double { RunFigures.inOrder(working).reduce(comingUp) { $0 + $1.value } }

        /// `starting 2.10 Wh, draft 3.00 Wh, prm 1.20 Wh`
        package var words: String {
            let parts = [("starting", comingUp)] + RunFigures.inOrder(working)
            return parts.map { "\($0.0) \(NumberFormat.energy(joules: $0.1))" }.joined(separator: ", ")
        }
    }
}

extension [JournalRecord] {
    /// nil if a phase was not measured: a partial sum would look complete.
    var joules: RunFigures.Joules? {
        var sum = RunFigures.Joules()
        // By index: an iterator copies every record.
        for index in indices {
            guard case .phase(_, let engines, _, let energy) = self[index] else { continue }
            guard let energy else { return nil }
            let group = engines.joined(separator: "+")
            sum.entering[group, default: 0] += energy.entering
            sum.working[group, default: 0] += energy.working
        }
        return sum.working.isEmpty ? nil : sum
    }
}

import ModelLifecycle
import Support

extension RunFigures {
    /// The numbers of starts by kind, leaving out zeros: `1 cold start`, `10 warm starts`.
    package var startWords: [String] {
        let kinds = [(coldStarts, "cold start"), (standbyStarts, "standby start"), (warmStarts, "warm start")]
        let some = kinds.filter { $0.0 > 0 }
        return (some.isEmpty ? Array(kinds.prefix(1)) : some).map { NumberFormat.counted($0.0, $0.1) }
    }

    /// Seconds of all starts by phase, for starts whose phases are known; nil if there are none.
    package var loadingPhases: StartPhases? {
        let all = seconds.loadingPhases.values
        return all.isEmpty ? nil : all.reduce(StartPhases(), +)
    }

    /// The same as text: `imports 15.9 s, weights 0.2 s, compile and graphs 1.2 s, ready 1.3 s`.
    package var loadingPhaseWords: String? {
        loadingPhases?.known.map { "\($0.name.words) \(NumberFormat.duration($0.seconds))" }.joined(separator: ", ")
    }
}

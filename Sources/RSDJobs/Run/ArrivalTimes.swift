/// What bringing engines up took in this run so far, to tell what it will take.
struct ArrivalTimes: Sendable {
    private var loads: [String: Double] = [:]
    private var wakes: [String: Double] = [:]
    /// Engines that this process has started, and that may be asleep since.
    private var started: Set<String> = []

    /// - Parameter records: of the journal that earlier processes left.
    init(_ records: [JournalRecord]) {
        for record in records {
            switch record {
            case .load(let engine, let seconds, _): loads[engine] = max(seconds, loads[engine] ?? 0)
            case .wake(let engine, let seconds, _): wakes[engine] = max(seconds, wakes[engine] ?? 0)
            case .begun, .event, .swap, .speculation, .phase, .shard: break
            }
        }
    }

    mutating func note(_ note: EngineNote) {
        switch note {
        case .loaded(let engine, let start):
            loads[engine] = max(start.span.seconds, loads[engine] ?? 0)
            started.insert(engine)
        case .woken(let engine, let span): wakes[engine] = max(span.seconds, wakes[engine] ?? 0)
        case .loading, .swapped: break
        }
    }

    /// Seconds that these engines are likely to take one after the other: the longest that each has taken, else the longest of
    /// any, else `unknown`.
    ///
    /// - Parameter anew: whether those that sleep are started anew as well.
    func seconds(_ engines: [String], anew: Bool = false, unknown: Double) -> Double {
        engines.reduce(0) { sum, engine in
            let wake = started.contains(engine) && !anew ? wakes[engine] : nil
            return sum + (wake ?? loads[engine] ?? loads.values.max() ?? unknown)
        }
    }
}

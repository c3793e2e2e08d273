import ModelLifecycle
import RunStore

/// What bringing engines up took in this run so far, to tell what it will take.
struct ArrivalTimes: Sendable {
    private var loads: [String: Loads] = [:]
    private var wakes: [String: Double] = [:]
    /// Engines that this process has started, and that may be asleep since.
    private var started: Set<String> = []

    /// The starts of one engine. It will most likely come up as it last did: one start that was cold, since an earlier version
    /// began the run or a fork had failed, says nothing of the warm ones after it.
    private struct Loads: Sendable {
        private var last = EngineStart.Kind.cold
        private var longest: [EngineStart.Kind: Double] = [:]

        mutating func add(_ kind: EngineStart.Kind, _ seconds: Double) {
            last = kind
            longest[kind] = max(seconds, longest[kind] ?? 0)
        }

        var next: Double { longest[last] ?? 0 }
    }

    /// - Parameter records: of the journal that earlier processes left.
    init(_ records: [JournalRecord]) {
        for record in records {
            switch record {
            case .load(let load): add(load)
            case .wake(let engine, let seconds, _): wakes[engine] = max(seconds, wakes[engine] ?? 0)
            case .begun, .event, .swap, .speculation, .phase, .shard: break
            }
        }
    }

    mutating func note(_ event: EngineEvent) {
        switch event {
        case .loaded(let engine, let start):
            add(EngineLoad(engine, start))
            started.insert(engine)
        case .woken(let engine, let span): wakes[engine] = max(span.seconds, wakes[engine] ?? 0)
        case .swapped: break
        }
    }

    private mutating func add(_ load: EngineLoad) { loads[load.engine, default: Loads()].add(load.kind, load.seconds) }

    /// Seconds that these engines are likely to take one after the other: the longest that each has taken in the way in which it
    /// last came up, else the longest of any, else `unknown`.
    ///
    /// - Parameter anew: whether those that sleep are started anew as well.
    func seconds(_ engines: [String], anew: Bool = false, unknown: Double) -> Double {
        let any = loads.values.map(\.next).max() ?? unknown
        return engines.reduce(0) { sum, engine in
            let wake = started.contains(engine) && !anew ? wakes[engine] : nil
            return sum + (wake ?? loads[engine]?.next ?? any)
        }
    }
}

import JobSpecs
import ModelLifecycle
import RunStore

/// Durations of engine starts so far, to predict the next ones.
struct ArrivalTimes: Sendable {
    private var loads: [String: Loads] = [:]
    private var wakes: [String: Double] = [:]
    /// Engines that this process has started, and that may be asleep since.
    private var started: Set<String> = []

    /// The starts of one engine. It will most likely start as it last did: a single cold start, in an earlier version or after a
    /// failed fork, does not predict the warm ones after it.
    private struct Loads: Sendable {
        private var last = EngineStart.Kind.cold
        private var longest: [EngineStart.Kind: Double] = [:]

        mutating func add(_ kind: EngineStart.Kind, _ seconds: Double) {
            last = kind
            longest[kind] = max(seconds, longest[kind] ?? 0)
        }

        var next: Double { longest[last] ?? 0 }
    }

    /// - Parameter records: the journal of earlier processes.
    init(_ records: [JournalRecord]) {
        for record in records {
            switch record {
            case .load(let load): add(load)
            case .wake(let engine, let seconds, _): wakes[engine] = max(seconds, wakes[engine] ?? 0)
            case .begun, .grown, .source, .event, .swap, .speculation, .phase, .shard: break
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

    /// What to expect of each engine.
    ///
    /// - Parameter sleeps: whether engines sleep while others work.
    func costs(of engines: [EngineID], sleeps: Bool, unknown: Double) -> ArrivalCosts {
        func costs(_ seconds: (EngineID) -> Double) -> [EngineID: Double] {
            Dictionary(uniqueKeysWithValues: engines.map { ($0, seconds($0)) })
        }
        func start(_ engine: EngineID) -> Double { seconds([engine.name], anew: true, unknown: unknown) }
        func wake(_ engine: EngineID) -> Double { wakes[engine.name] ?? 0 }
        return ArrivalCosts(
            starts: costs(start), next: costs { sleeps && started.contains($0.name) ? wake($0) : start($0) },
            later: costs { sleeps ? wake($0) : start($0) })
    }

    /// Predicted seconds to start these engines one after the other: for each the longest start of the kind it last had, or else
    /// the longest of any engine, or else `unknown`.
    ///
    /// - Parameter anew: whether sleeping engines are restarted as well.
    func seconds(_ engines: [String], anew: Bool = false, unknown: Double) -> Double {
        let any = loads.values.map(\.next).max() ?? unknown
        return engines.reduce(0) { sum, engine in
            let wake = started.contains(engine) && !anew ? wakes[engine] : nil
            return sum + (wake ?? loads[engine]?.next ?? any)
        }
    }
}

import Decoding
import JobSpecs

/// Which engines of a run are up together, and what it takes to bring them up, from its journal.
struct EngineTurns: Sendable {
    private let engines: JobEngines
    /// Groups that had a phase.
    private var known: [[String]] = []
    /// What is up now.
    private var up: [String] = []
    private var isSwapping = false
    private var hasStarted = false
    /// Seconds of each engine's last start or waking.
    private var starts: [String: Double] = [:]

    init(_ engines: JobEngines) {
        self.engines = engines
    }

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .load(let load): arrive(load.engine, load.seconds)
        case .wake(let engine, let seconds, _): arrive(engine, seconds)
        case .swap: isSwapping = true
        case .phase(_, let engines, _, _): endPhase(of: engines)
        case .begun, .grown, .source, .event, .speculation, .shard: break
        }
    }

    mutating func endPhase(of names: [String]) {
        up = names.sorted()
        if !known.contains(up) { known.append(up) }
    }

    private mutating func arrive(_ engine: String, _ seconds: Double) {
        if isSwapping || up.contains(engine) { up = [] }
        (isSwapping, hasStarted) = (false, true)
        starts[engine] = seconds
        up = known.first { $0.contains(engine) } ?? (up + [engine]).sorted()
    }

    /// Servers that others run are up from the beginning, and all at once.
    mutating func worked(_ role: Role) {
        if !hasStarted, let engine = name(of: role), !up.contains(engine) { up = engines.all.map(\.name).sorted() }
    }

    func name(of role: Role) -> String? { engines[role]?.name }

    /// The place in a wave of the first role that the engines serve that are up.
    var turn: Int { roles(of: up).map(\.turn).min() ?? 0 }

    /// The groups in the order of a wave, and which of them is up, each with the seconds to bring it up again; no time for one that
    /// is never taken down.
    var groups: (all: [(roles: [Role], start: Double)], first: Int) {
        var groups: [[String]] = up.isEmpty ? [] : [up]
        for group in known where !groups.contains(group) { groups.append(group) }
        let rest = engines.all.map(\.name).filter { name in !groups.contains { $0.contains(name) } }
        groups += rest.map { [$0] }
        let order = engines.all.map(\.name)
        groups.sort { place($0, in: order) < place($1, in: order) }
        let all = groups.map { group in
            (roles(of: group), groups.count == 1 ? 0 : group.reduce(0) { $0 + (starts[$1] ?? 0) })
        }
        return (all, groups.firstIndex(of: up) ?? 0)
    }

    private func roles(of group: [String]) -> [Role] {
        engines.all.filter { group.contains($0.name) }.flatMap(engines.roles)
    }

    private func place(_ group: [String], in order: [String]) -> Int {
        group.compactMap(order.firstIndex).min() ?? order.count
    }
}

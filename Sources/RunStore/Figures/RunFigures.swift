import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// What the engines did over a run and all its resumptions.
package struct RunFigures: Sendable, Equatable, Codable {
    /// The most waves that any trajectory took.
    package var waves = 0
    /// Engines stopped or put to sleep so that another could work.
    package var swaps = 0
    /// Engine processes brought up: spawned when they were needed.
    package var coldStarts = 0
    /// Forked from a process that had imported the engine.
    package var warmStarts = 0
    /// Spawned ahead, and held until they were needed.
    package var standbyStarts = 0
    package var requests = Requests()
    /// Of the method `speculative`; nil without it.
    package var speculation: Speculation?
    package var seconds = Seconds()
    /// nil where a phase was not measured.
    package var joules: Joules?

    package struct Seconds: Sendable, Equatable, Codable {
        /// Bringing engines up, by engine.
        package var loading: [String: Double] = [:]
        /// Where these seconds went, by how the processes came to be: of those starts of which it is known.
        package var loadingPhases: [String: StartPhases] = [:]
        /// Waking them, by engine.
        package var waking: [String: Double] = [:]
        /// Asking them, by the engines that were up.
        package var working: [String: Double] = [:]
        /// With at least one request under way, by engine.
        package var busy: [String: Double] = [:]
        /// At work but without a request, by engine: while others of its group were asked, or the runner was busy.
        package var idle: [String: Double] = [:]
    }

    /// Answers of the models, by how they were come by.
    package struct Requests: Sendable, Equatable, Codable {
        /// An engine was asked.
        package var asked = 0
        /// Another trajectory had asked the same.
        package var shared = 0

        package init(asked: Int = 0, shared: Int = 0) {
            self.asked = asked
            self.shared = shared
        }
    }

    /// Tokens that a speculator wrote ahead, and those of them that its model took.
    package struct Speculation: Sendable, Equatable, Codable {
        package var proposed = 0
        package var accepted = 0

        package init(proposed: Int = 0, accepted: Int = 0) {
            self.proposed = proposed
            self.accepted = accepted
        }
    }

    /// - Parameters:
    ///   - records: all that the journal holds.
    ///   - engines: of the run's job; nil where each role has one of its own.
    package init(records: [JournalRecord], waves: Int, engines: JobEngines? = nil) {
        self.waves = waves
        joules = records.joules
        for part in records.partsOfShards { add(part, engines) }
    }

    /// Of one run, or of one shard: what shards did side by side is time of several machines, and adds up.
    private mutating func add(_ records: ArraySlice<JournalRecord>, _ engines: JobEngines?) {
        var asked: [String: [TimeSpan]] = [:]
        var unattributed: [(role: Role, span: TimeSpan)] = []
        var inPhases: [String: Double] = [:]
        func attribute(_ group: [String]) {
            for (role, span) in unattributed { asked[role.engine(in: group, of: engines), default: []].append(span) }
            unattributed = []
        }
        for record in records {
            add(record)
            if let role = record.role, let span = record.asked { unattributed.append((role, span)) }
            guard case .phase(_, let group, let time, _) = record else { continue }
            for engine in group { inPhases[engine, default: 0] += time }
            attribute(group)
        }
        attribute([])
        let busy = asked.mapValues { $0.union().reduce(0) { $0 + $1.seconds } }
        seconds.busy.merge(busy, uniquingKeysWith: +)
        for (engine, time) in inPhases { seconds.idle[engine, default: 0] += max(0, time - (busy[engine] ?? 0)) }
    }

    private mutating func add(_ record: JournalRecord) {
        switch record {
        case .event(_, let event, let asked) where event.isAnswer:
            if asked == nil { requests.shared += 1 } else { requests.asked += 1 }
        case .event: break
        case .load(let load):
            switch load.kind {
            case .cold: coldStarts += 1
            case .warm: warmStarts += 1
            case .standby: standbyStarts += 1
            }
            seconds.loading[load.engine, default: 0] += load.seconds
            guard let phases = load.phases else { break }
            seconds.loadingPhases[load.kind.rawValue] =
                (seconds.loadingPhases[load.kind.rawValue] ?? StartPhases()) + phases
        case .wake(let engine, let time, _): seconds.waking[engine, default: 0] += time
        case .swap: swaps += 1
        case .begun, .shard: break
        case .speculation(_, let proposed, let accepted):
            var sum = speculation ?? Speculation()
            sum.proposed += proposed
            sum.accepted += accepted
            speculation = sum
        case .phase(_, let engines, let time, _):
            seconds.working[engines.joined(separator: "+"), default: 0] += time
        }
    }
}

extension RunFigures {
    /// Figures by engine or group, always in the same order.
    package static func inOrder(_ figures: [String: Double]) -> [(key: String, value: Double)] {
        let order = Role.allCases.map(\.rawValue)
        return figures.sorted { left, right in
            (order.firstIndex(of: left.key) ?? order.count, left.key)
                < (order.firstIndex(of: right.key) ?? order.count, right.key)
        }
    }
}

extension Role {
    /// The engine that served a role. Earlier versions gave every role one of its own.
    ///
    /// - Parameter group: the engines that were up.
    package func engine(in group: [String], of engines: JobEngines?) -> String {
        group.contains(rawValue) ? rawValue : engines?[self]?.name ?? rawValue
    }
}

extension JournalRecord {
    /// The role whose model gave this answer.
    package var role: Role? {
        switch self {
        case .event(_, .generated(let answer), _): answer.role
        case .event(_, .scored, _): .prm
        default: nil
        }
    }

    package var asked: TimeSpan? {
        guard case .event(_, _, let asked) = self else { return nil }
        return asked
    }
}

extension [JournalRecord] {
    /// The records of each shard; all of them where the run was not put together from shards.
    var partsOfShards: [ArraySlice<JournalRecord>] {
        split { if case .shard = $0 { true } else { false } }
    }
}

extension Sequence<TimeSpan> {
    /// The same stretch of time in spans that do not meet, in order.
    ///
    /// - Parameter gap: spans not further apart than this become one.
    package func union(gap: Double = 0) -> [TimeSpan] {
        var merged: [TimeSpan] = []
        for span in sorted(by: { $0.begin < $1.begin }) {
            if let last = merged.last, span.begin <= last.end + gap {
                merged[merged.count - 1].seconds = Swift.max(last.end, span.end) - last.begin
            } else {
                merged.append(span)
            }
        }
        return merged
    }
}

import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// Statistics of the engines over a run, including resumptions.
package struct RunFigures: Sendable, Equatable, Codable {
    /// The largest number of waves of any trajectory.
    package var waves = 0
    /// Engines stopped or put to sleep so that another could work.
    package var swaps = 0
    /// Engine processes spawned when they were needed.
    package var coldStarts = 0
    /// Engine processes forked from one that had imported the engine.
    package var warmStarts = 0
    /// Engine processes spawned ahead of time and held until needed.
    package var standbyStarts = 0
    package var requests = Requests()
    /// Of the method `speculative`; nil without it.
    package var speculation: Speculation?
    package var seconds = Seconds()
    /// By engine.
    package var tokens: [String: Tokens] = [:]
    /// What streaming cost beside the tokens of the trajectories, by method and data set (`rsd/math500`).
    package var streaming: [String: Streaming] = [:]
    /// nil if a phase was not measured.
    package var joules: Joules?

    package struct Seconds: Sendable, Equatable, Codable {
        /// Seconds of engine starts, by engine.
        package var loading: [String: Double] = [:]
        /// The same seconds by phase, for each kind of start; starts without known phases are left out.
        package var loadingPhases: [String: StartPhases] = [:]
        /// Seconds of waking, by engine.
        package var waking: [String: Double] = [:]
        /// Seconds of work, by the group of engines that was up.
        package var working: [String: Double] = [:]
        /// Seconds with at least one request in flight, by engine.
        package var busy: [String: Double] = [:]
        /// Seconds of work without a request, by engine: other engines of the group, or the runner, were busy.
        package var idle: [String: Double] = [:]
    }

    /// Model responses by origin.
    package struct Requests: Sendable, Equatable, Codable {
        /// Sent to an engine.
        package var asked = 0
        /// Taken from the same request of another trajectory.
        package var shared = 0
        /// Taken from other runs, by run; nil if none were.
        package var reused: [Reused]?

        package init(asked: Int = 0, shared: Int = 0, reused: [Reused]? = nil) {
            self.asked = asked
            self.shared = shared
            self.reused = reused
        }
    }

    /// Responses taken from another run.
    package struct Reused: Sendable, Equatable, Codable {
        /// Its directory, where it was then.
        package var run: String
        /// The version that its engine reported.
        package var engine: String
        /// Different responses; each may serve several trajectories.
        package var answers: Int
    }

    /// Tokens that a speculator proposed, and those that its model accepted.
    package struct Speculation: Sendable, Equatable, Codable {
        package var proposed = 0
        package var accepted = 0

        package init(proposed: Int = 0, accepted: Int = 0) {
            self.proposed = proposed
            self.accepted = accepted
        }
    }

    /// - Parameters:
    ///   - records: the records of the journal.
    ///   - engines: of the run's job; nil if each role has an engine of its own.
    package init(records: [JournalRecord], waves: Int, engines: JobEngines? = nil) {
        self.waves = waves
        joules = records.joules
        for part in records.partsOfShards { add(part, engines) }
    }

    /// Adds the records of a run or of one shard. Times of shards, which ran on several machines, add up.
    private mutating func add(_ records: ArraySlice<JournalRecord>, _ engines: JobEngines?) {
        var asked: [String: [TimeSpan]] = [:]
        var sent: [String: Tokens] = [:]
        var unattributed: [(role: Role, span: TimeSpan, tokens: Tokens)] = []
        var inPhases: [String: Double] = [:]
        var origins = ReusedAnswers()
        func attribute(_ group: [String]) {
            for (role, span, tokens) in unattributed {
                let engine = role.engine(in: group, of: engines)
                asked[engine, default: []].append(span)
                sent[engine] = (sent[engine] ?? Tokens()) + tokens
            }
            unattributed = []
        }
        for record in records {
            switch record {
            case .event(let id, let event, let origin):
                guard let role = event.role else { continue }
                if !origins.counts(origin) { add(event, of: id, from: origin) }
                if let span = origin.asked { unattributed.append((role, span, event.requestTokens)) }
            case .source(let source): origins.add(source)
            case .phase(_, let group, let time, _):
                add(record)
                for engine in group { inPhases[engine, default: 0] += time }
                attribute(group)
            default: add(record)
            }
        }
        attribute([])
        requests.add(origins.reused)
        let busy = asked.mapValues { $0.union().reduce(0) { $0 + $1.seconds } }
        seconds.busy.merge(busy, uniquingKeysWith: +)
        tokens.merge(sent, uniquingKeysWith: +)
        for (engine, time) in inPhases { seconds.idle[engine, default: 0] += max(0, time - (busy[engine] ?? 0)) }
    }

    /// Adds a response.
    private mutating func add(_ event: Event, of id: TrajectoryID, from origin: AnswerOrigin) {
        if let more = event.streaming {
            streaming[Streaming.key(id.method, id.dataset), default: Streaming()] += more
        }
        if origin.asked == nil { requests.shared += 1 } else { requests.asked += 1 }
    }

    private mutating func add(_ record: JournalRecord) {
        switch record {
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
        case .begun, .grown, .source, .event, .shard: break
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
    /// Figures by engine or group, in a fixed order.
    package static func inOrder(_ figures: [String: Double]) -> [(key: String, value: Double)] {
        let order = Role.allCases.map(\.rawValue)
        return figures.sorted { left, right in
            (order.firstIndex(of: left.key) ?? order.count, left.key)
                < (order.firstIndex(of: right.key) ?? order.count, right.key)
        }
    }
}

extension Role {
    /// The engine that served a role. In earlier versions each role had an engine of its own.
    ///
    /// - Parameter group: the engines that were up.
    package func engine(in group: [String], of engines: JobEngines?) -> String {
        group.contains(rawValue) ? rawValue : engines?[self]?.name ?? rawValue
    }
}

extension JournalRecord {
    /// The role whose model gave this response.
    package var role: Role? {
        guard case .event(_, let event, _) = self else { return nil }
        return event.role
    }

    package var asked: TimeSpan? {
        guard case .event(_, _, let origin) = self else { return nil }
        return origin.asked
    }
}

extension [JournalRecord] {
    /// The records of each shard; one slice of all records for a run that was not merged.
    var partsOfShards: [ArraySlice<JournalRecord>] {
        split { if case .shard = $0 { true } else { false } }
    }
}

extension Sequence<TimeSpan> {
    /// The union of the spans: disjoint and in order.
    ///
    /// - Parameter gap: spans at most this far apart, in seconds, are joined.
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

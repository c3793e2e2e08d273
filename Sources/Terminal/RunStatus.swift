import Decoding
import Foundation
import JobSpecs
import Reporting
import RunStore

/// The state of a run, read from its directory: the output of `status`.
package struct RunStatus: Sendable, Equatable {
    package var job: String
    /// As the user would type it.
    package var directory: String
    /// The shard that the run is; nil for the whole job.
    package var shard: Shard?
    /// The process that works on it now.
    package var holder: LockHolder?
    package var wave: Int
    /// The current phase; nil if no process works on the run, or no request has been answered yet.
    package var phase: String?
    package var methods: [Method]
    package var figures: RunFigures
    package var hasResults: Bool
    /// A trajectory for the example command.
    package var example: String?

    /// One method on all data sets.
    @dynamicMemberLookup
    package struct Method: Sendable, Equatable {
        package var progress: MethodProgress
        /// Trajectories of the current phase, and those that are through it.
        package var phaseTotal = 0
        package var phaseDone = 0

        package subscript<Value>(dynamicMember path: KeyPath<MethodProgress, Value>) -> Value {
            progress[keyPath: path]
        }
    }

    package init(
        job: String, directory: String, holder: LockHolder?, trajectories: some Collection<Trajectory>,
        records: [JournalRecord], figures: RunFigures, hasResults: Bool
    ) {
        self.job = job
        self.directory = directory
        self.holder = holder
        self.figures = figures
        self.hasResults = hasResults
        wave = trajectories.map(\.response.waves).max() ?? 0
        example = trajectories.first { $0.response.finish != nil }?.id.description
        let current = holder == nil ? nil : CurrentPhase(records)
        phase = current?.role.phase
        methods = []
        for trajectory in trajectories { count(trajectory, current) }
    }

    package init(_ run: StoredRun, directory: String) {
        self.init(
            job: run.job.spec.name, directory: directory, holder: run.holder,
            trajectories: run.trajectories, records: run.records, figures: run.figures,
            hasResults: FileManager.default.fileExists(atPath: run.directory.results.path))
        shard = run.job.shard
    }

    package var total: Int { methods.reduce(0) { $0 + $1.total } }
    package var finished: Int { methods.reduce(0) { $0 + $1.finished } }
    package var failed: Int { methods.reduce(0) { $0 + $1.failed } }

    private mutating func count(_ trajectory: Trajectory, _ current: CurrentPhase?) {
        if methods.last?.method != trajectory.id.method {
            methods.append(Method(progress: MethodProgress(trajectory.id.method)))
        }
        let last = methods.count - 1
        methods[last].progress.total += 1
        methods[last].progress.count(trajectory.response)
        let role = trajectory.needs.first?.role
        if let role { methods[last].progress.waiting[role.phase, default: 0] += 1 }
        guard let current else { return }
        let isDone = role != current.role && current.touched.contains(trajectory.id)
        methods[last].phaseDone += isDone ? 1 : 0
        methods[last].phaseTotal += isDone || role == current.role ? 1 : 0
    }
}

/// The current phase, from the end of the journal: the engine that answered last since the last phase ended.
private struct CurrentPhase {
    var role: Role
    /// Trajectories that got a response in it.
    var touched: Set<TrajectoryID> = []

    init?(_ records: [JournalRecord]) {
        var role: Role?
        for record in records.reversed() {
            switch record {
            case .phase:
                guard let role else { return nil }
                self.role = role
                return
            case .event(let id, let event, _) where event.isAnswer:
                role = role ?? event.role
                touched.insert(id)
            case .event(let id, .failed, _): touched.insert(id)
            case .load(let load): role = role ?? Role(rawValue: load.engine)
            case .wake(let engine, _, _): role = role ?? Role(rawValue: engine)
            case .begun, .grown, .source, .event, .swap, .speculation, .shard: break
            }
        }
        guard let role else { return nil }
        self.role = role
    }
}

extension RunStatus: Encodable {
    private enum CodingKeys: String, CodingKey {
        case job, directory, shard, holder, wave, phase, total, finished, failed, methods, run
        case hasResults = "has_results"
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(job, forKey: .job)
        try object.encode(directory, forKey: .directory)
        try object.encodeIfPresent(shard, forKey: .shard)
        try object.encode(holder, forKey: .holder)
        try object.encode(wave, forKey: .wave)
        try object.encode(phase, forKey: .phase)
        try object.encode(total, forKey: .total)
        try object.encode(finished, forKey: .finished)
        try object.encode(failed, forKey: .failed)
        try object.encode(methods, forKey: .methods)
        try object.encode(figures, forKey: .run)
        try object.encode(hasResults, forKey: .hasResults)
    }
}

extension RunStatus.Method: Encodable {
    private enum CodingKeys: String, CodingKey {
        case phaseTotal = "phase_total"
        case phaseDone = "phase_done"
    }

    package func encode(to encoder: any Encoder) throws {
        try progress.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(phaseTotal, forKey: .phaseTotal)
        try object.encode(phaseDone, forKey: .phaseDone)
    }
}

import Decoding
import JobSpecs
import ModelLifecycle
import SpecYAML

/// Requests to keep in flight to each engine: the job's `concurrency`, or as many as the engine runs concurrently and a short queue.
package struct RequestsInFlight: Sendable, Equatable {
    private let engines: JobEngines
    /// Maximum answers in progress if all are for this role. Each may have ``width`` requests in flight.
    private var windows: [Role: Int] = [:]
    private var sequences: [EngineID: Int] = [:]
    /// Engines whose number of requests follows what they report.
    private(set) var adaptive: Set<EngineID> = []
    /// Maximum requests in flight for one answer.
    private var width: [Role: Int] = [:]

    /// - Parameter capacities: of the engines that the job's methods need.
    package init(_ job: JobSpec, capacities: [EngineID: EngineCapacity]) {
        engines = JobEngines(job)
        let stated = job.engine.concurrency
        for (engine, capacity) in capacities {
            let roles = engines.roles(of: engine)
            for role in roles {
                let width = role == .prm && job.models[role]?.profile == .judge ? Judge.width : 1
                self.width[role] = width
                windows[role] = min(stated ?? max(1, capacity.inFlight / width), SpecLimit.requests)
            }
            let widest = roles.compactMap { width[$0] }.max() ?? 1
            // A judge's answers need several requests each, which its engine does not tell apart.
            if stated == nil, widest == 1 { adaptive.insert(engine) }
            sequences[engine] = min(stated?.times(widest) ?? .max, capacity.sequences)
        }
    }

    /// For engines that this program starts.
    package init(_ job: JobSpec, on machine: MachineMemory, dialect: any EngineDialect) async {
        let engines = JobEngines(job)
        var capacities: [EngineID: EngineCapacity] = [:]
        for engine in engines.all {
            guard let model = engines.namesake(of: engine).flatMap({ job.models[$0] }) else { continue }
            capacities[engine] = await dialect.capacity(
                job.engine.args(for: model).map { .init($0.name, $0.value) }, on: machine.firstGPU)
        }
        self.init(job, capacities: capacities)
    }

    /// Maximum answers in progress on an engine, counted in ``slots(of:)``.
    func window(of engine: EngineID) -> Int { engines.roles(of: engine).map(window).max() ?? 1 }

    private func window(of role: Role) -> Int { windows[role] ?? 1 }

    /// Slots of its engine's window that an answer for this role takes: more than one if another role's answers need fewer requests.
    func slots(of role: Role) -> Int { engines[role].map { max(1, window(of: $0) / window(of: role)) } ?? 1 }

    /// Sequences that an engine then runs concurrently.
    func sideBySide(_ engine: EngineID) -> Int { sequences[engine] ?? 1 }

    /// Time limit of a request, even if its engine makes progress: an hour, and proportionally more if more than 64 requests share
    /// the engine.
    func deadline(of engine: EngineID) -> Duration { .seconds(3600) * max(1, (requests(to: engine) + 63) / 64) }

    private func requests(to engine: EngineID) -> Int {
        engines.roles(of: engine).map { window(of: $0).times(width[$0] ?? 1) }.max() ?? 1
    }

    // MARK: Open files

    /// Requests that may be in flight with so many open files.
    static func most(files: Int) -> Int { max(0, files.plus(-otherFiles)) }

    /// Files that a run has open besides the connections of its requests.
    private static let otherFiles = 128

    /// Limited to the files that this process may have open, since each request has a connection.
    ///
    /// - Parameter groups: groups of engines that receive requests at the same time.
    func limited(toFiles files: Int, groups: [[EngineID]]) -> RequestsInFlight {
        var limited = self
        let room = Self.most(files: files)
        for group in groups {
            let wanted = group.map(requests).sum()
            guard wanted > room else { continue }
            for engine in group {
                let part = Double(room) / Double(wanted)
                for role in engines.roles(of: engine) {
                    limited.windows[role] = max(1, Int(Double(window(of: role)) * part))
                }
                limited.sequences[engine] = min(sideBySide(engine), limited.requests(to: engine))
            }
        }
        return limited
    }
}

extension RequestsInFlight: CustomStringConvertible {
    /// `draft 288, PRM 288, target 72`
    package var description: String {
        engines.all.filter { sequences[$0] != nil }.map { "\($0.title) \(requests(to: $0))" }.joined(separator: ", ")
    }
}

extension MachineMemory {
    /// The GPU whose size and name determine vLLM's defaults.
    fileprivate var firstGPU: GPUDevice? {
        if case .gpu(let devices, _) = self { devices.first } else { nil }
    }
}

import Decoding
import JobSpecs
import ModelLifecycle
import SpecYAML

/// How many requests are kept in flight to each engine: what the job says, else as many as the engine runs at once and a short
/// queue beside them.
package struct RequestsInFlight: Sendable, Equatable {
    private let engines: JobEngines
    /// Answers in the making to have of each engine at most, were all for one role; how many requests each of them may have in flight
    /// is ``width``.
    private var windows: [Role: Int] = [:]
    private var sequences: [EngineID: Int] = [:]
    /// Requests that one answer may have in flight.
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
            sequences[engine] = min(stated?.times(widest) ?? .max, capacity.sequences)
        }
    }

    /// Of engines that this program starts.
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

    /// Answers to wait for from an engine at most, in its ``slots(of:)``.
    func window(of engine: EngineID) -> Int { engines.roles(of: engine).map(window).max() ?? 1 }

    private func window(of role: Role) -> Int { windows[role] ?? 1 }

    /// How much of its engine's window an answer for this role takes: more than one where another role's answers take fewer requests.
    func slots(of role: Role) -> Int { engines[role].map { max(1, window(of: $0) / window(of: role)) } ?? 1 }

    /// Sequences that an engine then runs side by side.
    func sideBySide(_ engine: EngineID) -> Int { sequences[engine] ?? 1 }

    /// Until a request is given up, though its engine makes progress: an hour, and longer in proportion where it shares the engine
    /// with more than 64 others.
    func deadline(of engine: EngineID) -> Duration { .seconds(3600) * max(1, (requests(to: engine) + 63) / 64) }

    private func requests(to engine: EngineID) -> Int {
        engines.roles(of: engine).map { window(of: $0).times(width[$0] ?? 1) }.max() ?? 1
    }

    // MARK: Open files

    /// Files that a run has open beside the connections of its requests.
    private static let otherFiles = 128

    /// Each request has a connection: no more of them than the files that this process may have open.
    ///
    /// - Parameter groups: engines that are asked at the same time.
    func limited(toFiles files: Int, groups: [[EngineID]]) -> RequestsInFlight {
        var limited = self
        let room = max(0, files.plus(-Self.otherFiles))
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
    /// The one whose size and name vLLM's defaults go by.
    fileprivate var firstGPU: GPUDevice? {
        if case .gpu(let devices, _) = self { devices.first } else { nil }
    }
}

import Decoding
import JobSpecs
import ModelLifecycle
import SpecYAML

/// How many requests are kept in flight to each engine: what the job says, else as many as the engine runs at once and a short
/// queue beside them.
package struct RequestsInFlight: Sendable, Equatable {
    /// Answers in the making; how many requests each of them may have in flight is ``width``.
    private var windows: [Role: Int] = [:]
    private var sequences: [Role: Int] = [:]
    /// Requests that one question may have in flight.
    private var width: [Role: Int] = [:]

    /// - Parameter capacities: of the engines that the job's methods need.
    package init(_ job: JobSpec, capacities: [Role: EngineCapacity]) {
        for (role, capacity) in capacities {
            let width = role == .prm && job.models[role]?.profile == .judge ? Judge.width : 1
            let stated = job.engine.concurrency
            self.width[role] = width
            windows[role] = min(stated ?? max(1, capacity.inFlight / width), SpecLimit.requests)
            sequences[role] = min(stated?.times(width) ?? .max, capacity.sequences)
        }
    }

    /// Of engines that this program starts.
    package init(_ job: JobSpec, on machine: MachineMemory, dialect: any EngineDialect) async {
        var capacities: [Role: EngineCapacity] = [:]
        for role in job.rolesInWave {
            guard let model = job.models[role] else { continue }
            capacities[role] = await dialect.capacity(
                job.engine.args(for: model).map { .init($0.name, $0.value) }, on: machine.firstGPU)
        }
        self.init(job, capacities: capacities)
    }

    /// Questions to have open to an engine at most.
    func window(of role: Role) -> Int { windows[role] ?? 1 }

    /// The same by engine.
    func limits(of engines: JobEngines) -> [EngineID: Int] {
        Dictionary(
            uniqueKeysWithValues: engines.all.map { engine in
                (engine, engines.roles(of: engine).map(window).min() ?? 1)
            })
    }

    /// Sequences that an engine then runs side by side.
    package func sideBySide(_ role: Role) -> Int { sequences[role] ?? 1 }

    /// Until a request is given up, though its engine makes progress: an hour, and longer in proportion where it shares the engine
    /// with more than 64 others.
    package func deadline(of role: Role) -> Duration { .seconds(3600) * max(1, (requests(to: role) + 63) / 64) }

    private func requests(to role: Role) -> Int { window(of: role).times(width[role] ?? 1) }

    // MARK: Open files

    /// Files that a run has open beside the connections of its requests.
    private static let otherFiles = 128

    /// Each request has a connection: no more of them than the files that this process may have open.
    ///
    /// - Parameter groups: engines that are asked at the same time.
    func limited(toFiles files: Int, groups: [[Role]]) -> RequestsInFlight {
        var limited = self
        let room = max(0, files.plus(-Self.otherFiles))
        for group in groups {
            let wanted = group.map(requests).sum()
            guard wanted > room else { continue }
            for role in group {
                let part = Double(room) / Double(wanted)
                limited.windows[role] = max(1, Int(Double(window(of: role)) * part))
                limited.sequences[role] = min(sideBySide(role), limited.requests(to: role))
            }
        }
        return limited
    }
}

extension RequestsInFlight: CustomStringConvertible {
    /// `draft 288, PRM 288, target 72`
    package var description: String {
        Role.wave.filter { windows[$0] != nil }.map { "\($0.title) \(requests(to: $0))" }.joined(separator: ", ")
    }
}

extension MachineMemory {
    /// The one whose size and name vLLM's defaults go by.
    fileprivate var firstGPU: GPUDevice? {
        if case .gpu(let devices, _) = self { devices.first } else { nil }
    }
}

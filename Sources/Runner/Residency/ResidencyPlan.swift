import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// A job's residency on a given machine, with all choices made.
package struct ResidencyPlan: Sendable, Equatable {
    package var residency: ResidencyKind
    /// Engines that are up together, in the order of a wave.
    package var groups: [[EngineID]]
    /// Maximum number of engines that are up and awake together.
    var mostTogether: Int { groups.map(\.count).max() ?? 0 }
    /// Memory settings of each engine.
    var memory: [EngineID: EngineMemory]
    /// Why, if the program chose it.
    package var reason: String?

    /// - Parameter models: the models that the job's methods need.
    /// - Throws: ``ResidencyImpossible``.
    package init(
        _ job: JobSpec, models: [Role: CheckpointMemory], on machine: MachineMemory, requests: RequestsInFlight
    ) throws {
        let engine = job.engine
        let demands = ModelDemand.all(of: job, models: models, on: machine, requests: requests)
        let engines = demands.map(\.engine)
        let footprint = engine.kind.footprint(machine)
        let ceiling = engine.ceiling
        let pool = machine.pool(ceiling: ceiling)
        var reason: String?
        switch engine.residency {
        case .auto:
            let choice: ResidencyChoice
            do throws(MemoryTooSmall) {
                choice = try ResidencyChoice.choose(
                    demands, on: machine, footprint: footprint, ceiling: ceiling,
                    canSleep: engine.kind.freesGPUAsleep && pool?.isGPU == true)
            } catch {
                throw ResidencyImpossible("no residency makes this job possible here: \(error)", remedy: error.remedy)
            }
            (residency, groups, reason) = (choice.residency, choice.groups, choice.sentence)
        case .share, .attach: (residency, groups) = (engine.residency, [engines])
        case .swap, .sleep:
            residency = engine.residency
            groups =
                engine.groups.map { JobEngines(job).groups(of: $0) }?.map { $0.filter(engines.contains) }
                .filter { !$0.isEmpty } ?? engines.map { [$0] }
        }
        self.reason = reason
        if residency == .sleep { try Self.checkSleep(demands, engine, machine, footprint) }
        memory = [:]
        guard residency != .attach, engine.kind.dividesMemory else { return }
        for group in groups {
            let members = demands.filter { group.contains($0.engine) }
            let sleepers = residency == .sleep ? demands.count - members.count : 0
            memory.merge(try Self.divide(members, pool, machine, footprint, sleepers: sleepers, of: residency)) { $1 }
        }
    }

    init(residency: ResidencyKind, groups: [[EngineID]], memory: [EngineID: EngineMemory]) {
        (self.residency, self.groups, self.memory) = (residency, groups, memory)
    }

    private static func divide(
        _ models: [ModelDemand], _ pool: MemoryPool?, _ machine: MachineMemory, _ footprint: EngineFootprint,
        sleepers: Int, of residency: ResidencyKind
    ) throws -> [EngineID: EngineMemory] {
        let isAlone = models.count == 1 && sleepers == 0
        guard let pool else {
            if isAlone || models.allSatisfy({ $0.fixedShare != nil }) { return [:] }
            throw ResidencyImpossible(
                "the memory of each engine cannot be computed: \(machine.unknownReason)",
                remedy: "Set `gpu-memory-utilization` in the `args` of each model, or use `residency: swap`.")
        }
        // vLLM's default is right for an engine that has the GPU to itself.
        if isAlone, pool.isGPU, pool.ceiling != nil || pool.suffices(outside: footprint.outside) { return [:] }
        let shares: MemoryShares
        do {
            shares = try MemoryShares(models, in: pool, footprint: footprint, sleepers: sleepers)
        } catch {
            // A single engine finds out itself whether it fits: these are estimates.
            if isAlone { return [:] }
            throw ResidencyImpossible(
                "`residency: \(residency.rawValue)` is not possible here: \(error)",
                remedy: "Use `residency: auto`, which chooses one that is.")
        }
        return shares.memory(of: models, in: pool)
    }

    /// Checks that the engine can sleep here, and that the machine's memory has room for what sleeping engines keep.
    private static func checkSleep(
        _ models: [ModelDemand], _ engine: EngineSpec, _ machine: MachineMemory, _ footprint: EngineFootprint
    ) throws {
        guard engine.kind.freesGPUAsleep else { return }
        if case .host = machine {
            throw ResidencyImpossible(
                "`residency: sleep` is not possible here: \(engine.kind.hardware(machine).name) has no sleep mode",
                remedy: "Use `residency: swap` or `residency: auto`.")
        }
        let demand = HostDemand(models, footprint: footprint, level: engine.sleepLevel)
        guard let host = machine.host, !demand.fits(host) else { return }
        let weights = engine.sleepLevel == 1 ? "\(models.weightsInGiB) for weights and " : ""
        let lighter = engine.sleepLevel == 1 ? "`sleep_level: 2`, which reads weights from disk again, " : ""
        throw ResidencyImpossible(
            "`residency: sleep` is not possible here: sleeping engines need \(weights)\(demand.processes.inGiB) GiB for processes, "
                + "\(demand.total.inGiB) GiB in total; there is \(Optional(host).phrase)",
            remedy: "Use \(lighter)`residency: swap`, or give the job more memory (Slurm: --mem).")
    }
}

/// Memory settings of an engine; nil leaves a setting to the engine.
package struct EngineMemory: Sendable, Equatable {
    /// vLLM's `gpu-memory-utilization`.
    var share: Double?
    /// vLLM's `kv-cache-memory-bytes`, for its CPU build, which by default takes most of the machine's memory.
    var cacheBytes: Int?
}

/// The job's residency is not possible on this machine, mostly for lack of memory.
package struct ResidencyImpossible: ProgramError, Equatable {
    package var summary: String
    package var remedy: String?
    package var explanation: Explanation { Explanation("residency-impossible", .engine, summary, remedy: remedy) }

    package init(_ summary: String, remedy: String? = nil) {
        (self.summary, self.remedy) = (summary, remedy)
    }
}

extension MachineMemory {
    /// Why its memory is unknown.
    var unknownReason: String { if case .unknown(let why) = self { why } else { "its memory cannot be measured" } }
}

extension MemoryPool {
    /// vLLM's default for `gpu-memory-utilization`.
    private static let usual = 0.92

    /// Whether vLLM's default share is free.
    fileprivate func suffices(outside: Int) -> Bool { Double(free - outside) >= Self.usual * Double(total) }
}

extension MemoryShares {
    /// What the engines are started with, except where the job says it itself.
    func memory(of models: [ModelDemand], in pool: MemoryPool) -> [EngineID: EngineMemory] {
        var memory: [EngineID: EngineMemory] = [:]
        for model in models {
            if pool.isGPU {
                if model.fixedShare == nil {
                    memory[model.engine] = EngineMemory(share: utilization(of: model.engine, in: pool))
                }
            } else if model.fixedCache == nil {
                memory[model.engine] = EngineMemory(cacheBytes: caches[model.engine])
            }
        }
        return memory
    }
}

extension EngineSpec {
    /// `gpu-memory-utilization` of the whole job: the share of all engines that are up together.
    var ceiling: Double? {
        kind.dividesMemory ? args.last { $0.flag == "gpu-memory-utilization" }?.value.flatMap(Double.init) : nil
    }
}

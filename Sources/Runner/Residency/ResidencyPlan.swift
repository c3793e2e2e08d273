import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// A job's residency on a given machine, with nothing left to choose.
package struct ResidencyPlan: Sendable, Equatable {
    package var residency: ResidencyKind
    /// Engines that are up together, in the order of a wave.
    package var groups: [[EngineID]]
    /// How many engines are up together and awake at most.
    var mostTogether: Int { groups.map(\.count).max() ?? 0 }
    /// What each engine is told of memory.
    var memory: [EngineID: EngineMemory]
    /// Why, where it was left to the program to choose.
    package var reason: String?

    /// - Parameter models: those that the job's methods need.
    /// - Throws: ``ResidencyImpossible``.
    package init(
        _ job: JobSpec, models: [Role: CheckpointMemory], on machine: MachineMemory, requests: RequestsInFlight
    ) throws {
        let engine = job.engine
        let demands = ModelDemand.all(of: job, models: models, requests: requests)
        let engines = demands.map(\.engine)
        let footprint = engine.kind.footprint(machine)
        let ceiling = engine.ceiling
        let pool = machine.pool(ceiling: ceiling)
        var reason: String?
        switch engine.residency {
        case .auto:
            let choice: ResidencyChoice
            do {
                choice = try ResidencyChoice.choose(
                    demands, on: machine, footprint: footprint, ceiling: ceiling,
                    canSleep: engine.kind.freesGPUAsleep && pool?.isGPU == true)
            } catch {
                throw ResidencyImpossible(description: "no residency makes this job possible here: \(error)")
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

    private static func divide(
        _ models: [ModelDemand], _ pool: MemoryPool?, _ machine: MachineMemory, _ footprint: EngineFootprint,
        sleepers: Int, of residency: ResidencyKind
    ) throws -> [EngineID: EngineMemory] {
        let isAlone = models.count == 1 && sleepers == 0
        guard let pool else {
            if isAlone || models.allSatisfy({ $0.fixedShare != nil }) { return [:] }
            throw ResidencyImpossible(
                description: "what each engine may take of the memory cannot be computed: \(machine.unknownReason). "
                    + "Give each model a `gpu-memory-utilization` in its own `args`, or use `residency: swap`")
        }
        // vLLM's own default will do for an engine that has the GPU to itself.
        if isAlone, pool.isGPU, pool.ceiling != nil || pool.suffices(outside: footprint.outside) { return [:] }
        let shares: MemoryShares
        do {
            shares = try MemoryShares(models, in: pool, footprint: footprint, sleepers: sleepers)
        } catch {
            // Whether one engine fits alone is best told by itself: these are estimates.
            if isAlone { return [:] }
            throw ResidencyImpossible(
                description:
                    "`residency: \(residency.rawValue)` is not possible here: \(error). `residency: auto` chooses what is"
            )
        }
        var memory: [EngineID: EngineMemory] = [:]
        for model in models {
            if pool.isGPU {
                if model.fixedShare == nil {
                    memory[model.engine] = EngineMemory(share: shares.utilization(of: model.engine, in: pool))
                }
            } else if model.fixedCache == nil {
                memory[model.engine] = EngineMemory(cacheBytes: shares.caches[model.engine])
            }
        }
        return memory
    }

    /// Engines that sleep keep their weights in the machine's memory.
    private static func checkSleep(
        _ models: [ModelDemand], _ engine: EngineSpec, _ machine: MachineMemory, _ footprint: EngineFootprint
    ) throws {
        guard engine.kind.freesGPUAsleep else { return }
        if case .host = machine {
            throw ResidencyImpossible(
                description:
                    "`residency: sleep` is not possible here: \(engine.kind.hardware(machine).name) has no sleep mode. "
                    + "Use `residency: swap`, or `auto`")
        }
        let demand = HostDemand(models, footprint: footprint, level: engine.sleepLevel)
        guard let host = machine.host, !demand.fits(host) else { return }
        let weights = engine.sleepLevel == 1 ? "\(models.weightsInGiB) of weights and " : ""
        let lighter = engine.sleepLevel == 1 ? "`sleep_level: 2`, which reads weights from disk again, " : ""
        throw ResidencyImpossible(
            description:
                "`residency: sleep` is not possible here: asleep, \(weights)\(demand.processes.inGiB) GiB of processes "
                + "make \(demand.total.inGiB) GiB, and there are \(Optional(host).phrase). Use \(lighter)`residency: swap`, or "
                + "give the job more memory (Slurm: --mem)")
    }
}

/// What an engine is told of memory; what is nil is left to it.
package struct EngineMemory: Sendable, Equatable {
    /// vLLM's `gpu-memory-utilization`.
    var share: Double?
    /// vLLM's `kv-cache-memory-bytes`, which its CPU build needs: by itself it would take most of the machine's memory.
    var cacheBytes: Int?
}

/// The machine has not the memory for what the job wants.
package struct ResidencyImpossible: ProgramError, Equatable {
    package let description: String
    package var explanation: Explanation { Explanation("residency-impossible", .engine, description, remedy: nil) }

    package init(description: String) {
        self.description = description
    }
}

extension MachineMemory {
    /// Why its memory is not known.
    var unknownReason: String { if case .unknown(let why) = self { why } else { "it has no memory to measure" } }
}

extension MemoryPool {
    /// vLLM's default for `gpu-memory-utilization`.
    private static let usual = 0.92

    /// Whether an engine can have what it takes by itself.
    fileprivate func suffices(outside: Int) -> Bool { Double(free - outside) >= Self.usual * Double(total) }
}

extension EngineSpec {
    /// `gpu-memory-utilization` for the whole job: what all engines that are up may take together.
    fileprivate var ceiling: Double? {
        kind.dividesMemory ? args.last { $0.flag == "gpu-memory-utilization" }?.value.flatMap(Double.init) : nil
    }
}

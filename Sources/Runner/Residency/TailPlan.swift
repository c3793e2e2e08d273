import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// How engines that take turns can be up together: with small caches, which are enough for a run's last trajectories.
package struct TailPlan: Sendable {
    /// Engines that are up together.
    package struct Layout: Sendable, Equatable {
        package var plan: ResidencyPlan
        /// Long requests that each of the caches holds at once.
        package var room: Int
    }

    private let models: [ModelDemand]
    private let machine: MachineMemory
    private let pool: MemoryPool
    private let engine: EngineSpec

    /// - Parameters:
    ///   - models: see ``LoadedJob/memory``.
    ///   - plan: of the run.
    /// - Returns: nil if no engines take turns, or the memory is unknown.
    package init?(
        _ job: JobSpec, models: [Role: CheckpointMemory], on machine: MachineMemory, requests: RequestsInFlight,
        _ plan: ResidencyPlan
    ) {
        guard plan.groups.count > 1, let pool = machine.pool(ceiling: job.engine.ceiling) else { return nil }
        self.models = ModelDemand.all(of: job, models: models, on: machine, requests: requests)
        self.machine = machine
        self.pool = pool
        engine = job.engine
    }

    /// - Returns: nil if it cannot be shown that they fit.
    package func layout(of engines: [EngineID]) -> Layout? {
        let members = models.filter { engines.contains($0.engine) }
        let footprint = engine.kind.footprint(machine)
        guard members.count == engines.count, HostDemand(members, footprint: footprint, level: 2).fits(machine.host),
            let shares = try? MemoryShares(members, in: pool, footprint: footprint)
        else { return nil }
        let room = members.filter { !$0.readsOnly }.map { model in
            model.longRequests(inCache: shares.caches[model.engine] ?? 0)
        }.min()
        let memory = engine.kind.dividesMemory ? shares.memory(of: members, in: pool) : [:]
        return Layout(
            plan: ResidencyPlan(residency: .share, groups: [engines], memory: memory), room: room ?? .max)
    }
}

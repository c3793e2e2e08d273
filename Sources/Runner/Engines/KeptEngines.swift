import JobSpecs
import ModelLifecycle

/// The engines of jobs that run one after the other on the same GPUs: what stays up from one to the next.
///
/// When a job has done its work, an engine that is up stays up if a later job may need it, and with it the processes that
/// engines are forked from. The next job that starts engines takes over those that are set up as its own would be, and ends all
/// others before it starts any. A job on its own keeps nothing, and neither does one that fails.
package actor KeptEngines {
    /// What engines were set up on.
    struct Ground: Sendable {
        let spec: JobSpec
        /// The machine before any engine of these jobs.
        let machine: MachineMemory
        /// Knows the memory of each engine.
        let gate: GPUMemoryGate
    }

    /// Engines that a job can take over, and its layout with them.
    struct Offer: Sendable {
        let layout: EngineLayout
        let gate: GPUMemoryGate
        let engines: [LocalEngine]
    }

    private let gpus: [String]?
    private var later: [LoadedJob] = []
    private var ground: Ground?
    private var engines: [LocalEngine] = []
    /// The last is that of the present run.
    private var forks: [WarmStarts] = []
    /// Of the run that has the engines.
    private var residency: Residency?

    /// - Parameter gpus: UUIDs; nil for all that are visible.
    package init(on gpus: [String]? = nil) { self.gpus = gpus }

    /// - Parameter jobs: those that run after the present one.
    package func expect(_ jobs: [LoadedJob]) { later = jobs.map { $0.seeing(gpus) } }

    // MARK: Between two runs

    /// What a job can take over; nil if it is nothing, and if the memory has changed: its layout is then made for the machine as it
    /// is once all engines have ended.
    func offer(for spec: JobSpec, _ layout: (MachineMemory) async throws -> EngineLayout) async -> Offer? {
        guard let ground, !engines.isEmpty, ground.spec.engine.sharesEngines(with: spec.engine),
            let machine = try? ground.machine.reduced(to: spec.gpus),
            await ground.gate.isUndisturbed(beside: engines.map(\.name)), let layout = try? await layout(machine)
        else { return nil }
        var fitting: [LocalEngine] = []
        for kept in engines {
            let isSame = layout.configurations.contains { $0.ofProcess == kept.engine.configuration.ofProcess }
            if isSame, await kept.isUp, await kept.engine.isCurrent { fitting.append(kept) }
        }
        if layout.plan.residency != .sleep {
            let groups = layout.plan.groups.map { group in
                fitting.filter { kept in group.contains { $0.name == kept.name } }
            }
            fitting = groups.reduce([]) { $1.count > $0.count ? $1 : $0 }
        }
        return fitting.isEmpty ? nil : Offer(layout: layout, gate: ground.gate, engines: fitting)
    }

    /// Fork servers that do for a plan; nil if there are none.
    func warmStarts(for plan: @Sendable () async throws -> ForkServerPlan?) async -> WarmStarts? {
        guard !forks.isEmpty, let plan = try? await plan() else { return nil }
        for present in forks where await present.serves(plan) { return present }
        return nil
    }

    /// Ends the engines of earlier runs.
    ///
    /// - Throws: `EngineUnkillable`, `LedgerError`, after all others have ended.
    package func endEngines(except taken: [LocalEngine] = []) async throws {
        let names = Set(taken.map(\.name))
        let ending = engines.filter { !names.contains($0.name) }
        engines.removeAll { !names.contains($0.name) }
        let failure = await withTaskGroup(of: (any Error)?.self) { stops in
            for engine in ending {
                stops.addTask {
                    do { try await engine.stop() } catch { return error }
                    return nil
                }
            }
            return await stops.reduce(nil) { $0 ?? $1 }
        }
        if let failure { throw failure }
    }

    /// Ends everything that is kept.
    ///
    /// - Throws: see ``endEngines(except:)``.
    package func end() async throws {
        let stopped = await Result { try await endEngines() }
        await endForks()
        try stopped.get()
    }

    private func endForks() async {
        while let last = forks.popLast() { await last.end() }
    }

    // MARK: A run

    /// A run begins to work with its engines.
    ///
    /// - Parameter warmStarts: of the run; may be those of an earlier one.
    /// - Returns: the names of the engines that were taken over, and whether each is awake.
    /// - Throws: `LedgerError`.
    func begin(
        _ residency: Residency, _ ground: Ground, _ warmStarts: WarmStarts?, takingOver taken: [LocalEngine],
        ledger: EngineLedger, logDirectory: String
    ) async throws -> [(name: String, isAwake: Bool)] {
        (self.residency, self.ground) = (residency, ground)
        let (earlier, children) = (forks, await taken.forked)
        forks = earlier + (earlier.contains { $0 === warmStarts } ? [] : [warmStarts].compactMap(\.self))
        for present in earlier {
            if present === warmStarts || children {
                try await present.move(to: ledger, logDirectory: logDirectory)
            } else {
                await present.end()
                forks.removeAll { $0 === present }
            }
        }
        defer { engines = [] }
        return try await residency.takeOver(taken)
    }

    /// The run goes on with its engines set up otherwise.
    ///
    /// - Returns: see ``Residency/handOver(to:)``.
    func rearrange(to next: Residency, _ warmStarts: WarmStarts?) async throws -> [EngineEvent] {
        // Earlier fork servers may have children that stay, and the engines may be set up as before again.
        if let warmStarts, !forks.contains(where: { $0 === warmStarts }) { forks.append(warmStarts) }
        guard let residency else { return [] }
        do {
            let swaps = try await residency.handOver(to: next)
            self.residency = next
            return swaps
        } catch {
            // The others are ended with the run.
            try? await next.deactivate()
            throw error
        }
    }

    /// The work of the run is done: ends what no later job may need.
    ///
    /// - Throws: see ``endEngines(except:)``.
    func leave() async throws {
        guard let residency, let ground else { return }
        let wanted = wanted(after: ground.spec)
        engines = try await residency.deactivate { wanted.contains($0.apart) }
        self.residency = nil
        await endForks(afterKeeping: { try? await $0.keep() }, ground)
    }

    /// Ends what is kept and no later job may need, after the jobs to come have changed.
    ///
    /// - Throws: see ``endEngines(except:)``.
    package func trim() async throws {
        guard residency == nil, let ground else { return }
        let wanted = wanted(after: ground.spec)
        try await endEngines(except: engines.filter { wanted.contains($0.engine.configuration.apart) })
        await endForks(afterKeeping: { _ in true }, ground)
    }

    /// - Parameter keep: whether one is kept if it is needed.
    private func endForks(afterKeeping keep: (WarmStarts) async -> Bool?, _ ground: Ground) async {
        var isNeeded = later.contains {
            $0.spec.engine.startsWarm && $0.spec.engine.sharesEngines(with: ground.spec.engine)
        }
        if await engines.forked { isNeeded = true }
        for present in forks {
            if isNeeded, await keep(present) == true { continue }
            await present.end()
            forks.removeAll { $0 === present }
        }
    }

    private func wanted(after spec: JobSpec) -> Set<EngineConfiguration> {
        // It may need the GPU for itself.
        if case .command = spec.grading.grader { return [] }
        let jobs = later.filter { $0.spec.engine.sharesEngines(with: spec.engine) }
        return Set(jobs.flatMap { (try? $0.configurations()) ?? [] }.map(\.apart))
    }

    /// Ends everything if a run began to work and did not get to its end.
    func close() async {
        guard let residency else { return }
        self.residency = nil
        // Its error matters more.
        try? await residency.deactivate()
        await endForks()
    }
}

extension [LocalEngine] {
    /// Whether one of them is a child of a fork server.
    fileprivate var forked: Bool {
        get async {
            for local in self where await local.engine.isForked { return true }
            return false
        }
    }
}

extension EngineSpec {
    /// Whether engines of one job may serve another.
    fileprivate func sharesEngines(with other: EngineSpec) -> Bool {
        residency != .attach && other.residency != .attach && kind == other.kind && venv == other.venv
            && env == other.env && sleepLevel == other.sleepLevel
    }
}

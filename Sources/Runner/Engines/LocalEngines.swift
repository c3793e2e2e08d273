import Foundation
import JobSpecs
import Logging
import ModelLifecycle
import RunStore

/// Engines that run as processes on this machine.
package struct LocalEngines: EngineProvider {
    package let job: LoadedJob
    package let directory: RunDirectory
    package let dialect: any EngineDialect
    package let ledger: EngineLedger
    private let kept: KeptEngines
    package let logger: Logger

    /// - Parameter kept: the engines of the job before, and of this one once they are up.
    /// - Throws: `LedgerError`.
    package init(job: LoadedJob, directory: RunDirectory, kept: KeptEngines = KeptEngines(), logger: Logger) throws {
        self.job = job
        self.directory = directory
        self.kept = kept
        self.logger = logger
        dialect = job.spec.engine.dialect
        ledger = try EngineLedger(path: directory.engines.path)
    }

    package func close() async { await kept.close() }

    package func version() async throws -> String {
        try await dialect.version()
    }

    package func sweep() async throws -> Int {
        let sweep = try await ledger.sweepLeftovers(grace: .seconds(job.spec.engine.stopGrace))
        for elsewhere in sweep.elsewhere {
            logger.warning(
                "an engine (\(elsewhere.engine)) of this run was started on \(elsewhere.host) and not stopped; check that it has ended there"
            )
        }
        return sweep.ended.count
    }

    package func open() async throws -> any EnginePool {
        try await checkInstallation()
        let offer = await kept.offer(for: job.spec) { try await self.layout(on: $0) }
        // What no engine of this job takes over ends before any starts.
        try await kept.endEngines(except: offer?.engines ?? [])
        let layout: EngineLayout
        if let offer {
            layout = offer.layout
        } else {
            // Engines that have just ended may not have freed their memory yet.
            layout = try await self.layout(
                on: MachineMemory.measure(for: job.spec, dialect: dialect, atRest: true))
        }
        try await noteProcessors(of: layout)
        let gate = offer?.gate ?? memoryGate(on: layout.machine)
        let forks = await warmStarts(layout)
        let residency = try residency(layout, gate, forks)
        let taken = try await kept.begin(
            residency, KeptEngines.Ground(spec: job.spec, machine: layout.machine, gate: gate), forks,
            takingOver: offer?.engines ?? [], ledger: ledger, logDirectory: directory.logs.path)
        if !taken.isEmpty { logger.notice("kept from the job before: \(taken.map(\.name).joined(separator: ", "))") }
        return try ResidentEngines(
            residency, of: job, requests: layout.requests, reason: layout.plan.reason,
            ready: Set(taken.filter(\.isAwake).map { EngineID($0.name) }), energy: energy(on: layout.machine),
            startsEngines: true, sleeps: layout.plan.residency == .sleep, tail: layout.tail(of: job),
            rearrange: { [self] united in try await rearrange(layout, gate, uniting: united) },
            leave: { [kept] in try await kept.leave() }, logger: logger)
    }

    /// Sets the engines up for a tail, or as before.
    ///
    /// - Parameter united: the engines that are to be up together; nil for the groups of the layout.
    /// - Returns: what took the place of the residency before it, and swaps.
    private func rearrange(_ layout: EngineLayout, _ gate: GPUMemoryGate, uniting united: [EngineID]?) async throws
        -> (Residency, [EngineEvent])
    {
        let layout = try united.map { try layout.uniting($0, of: job) } ?? layout
        let forks = await warmStarts(layout)
        let next = try residency(layout, gate, forks)
        return (next, try await kept.rearrange(to: next, forks))
    }

    private func layout(on machine: MachineMemory) async throws -> EngineLayout {
        let requests = await RequestsInFlight(job.spec, on: machine, dialect: dialect)
        return try EngineLayout(job, on: machine, requests: requests)
    }

    /// nil if engines are not forked. Starts their fork server, unless one of an earlier job does.
    private func warmStarts(_ layout: EngineLayout) async -> WarmStarts? {
        let engine = job.spec.engine
        guard engine.startsWarm || engine.kind.startsWarm else { return nil }
        let plan: @Sendable () async throws -> ForkServerPlan? = { [job, dialect] in
            try await job.forkServer(dialect, processors: layout.processors, on: layout.machine)
        }
        if engine.startsWarm, let present = await kept.warmStarts(for: plan) { return present }
        let starts = WarmStarts(
            isOn: engine.startsWarm, ledger: ledger, logDirectory: directory.logs.path,
            limit: .seconds(engine.startTimeout), answers: ColdAnswers(), logger: logger)
        await starts.begin(plan)
        return starts
    }

    /// Logs what may make engines slow or fail.
    ///
    /// - Throws: `EngineError` if none can start here.
    private func checkInstallation() async throws {
        for finding in try await dialect.findings(environment: job.spec.engine.environment) {
            let words = [finding.text, finding.remedy].compactMap(\.self).joined(separator: ". ")
            switch finding.severity {
            case .fine, .note: break
            case .warning: logger.warning("\(words)")
            case .error:
                throw EngineError(
                    .cannotLaunch, engine: dialect.kind, finding.text, remedy: finding.remedy)
            }
        }
    }

    /// - Throws: `ResidencyError`.
    private func residency(_ layout: EngineLayout, _ memory: GPUMemoryGate, _ warmStarts: WarmStarts?) throws
        -> Residency
    {
        let spec = job.spec
        let engines = layout.configurations.map {
            Engine(
                configuration: $0, dialect: dialect, ledger: ledger, logDirectory: directory.logs.path,
                requests: EngineRequests(retry: EngineSpec.retry), warmStarts: warmStarts, logger: logger)
        }
        let readAhead = ReadAhead(logger: logger)
        let standby =
            spec.engine.startsAhead ? StandbyMemory(bytes: spec.engine.kind.footprint(layout.machine).standby) : nil
        let names = layout.plan.groups.map { $0.map(\.name) }
        guard layout.plan.residency == .sleep else {
            return try Residency(
                engines: engines, groups: names, memory: memory, readAhead: readAhead, standby: standby)
        }
        return try Residency(
            sleepers: engines, groups: names, level: spec.engine.sleepLevel, memory: memory, readAhead: readAhead,
            standby: standby, logger: logger)
    }

    /// Logs how engines are set to their share of the processors.
    private func noteProcessors(of layout: EngineLayout) async throws {
        let (engines, processors) = (layout.plan.mostTogether, HostProcessors.now())
        let settings = try await dialect.environment(for: layout.processors)
            .filter { job.spec.engine.environment[$0.key] == nil }
        if let note = layout.processors.note(engines: engines, on: processors, settings: settings) {
            logger.notice("\(note)")
        }
    }

    private func energy(on machine: MachineMemory) -> EnergyMeter? {
        guard case .gpu(let devices, _) = machine else { return nil }
        return EnergyMeter(GPUProbe(environment: job.spec.engine.environment), of: devices)
    }

    private func memoryGate(on machine: MachineMemory) -> GPUMemoryGate {
        guard case .gpu(let devices, _) = machine else { return .withoutGPU(logger: logger) }
        return GPUMemoryGate(
            gpu: GPUProbe(environment: job.spec.engine.environment), baseline: devices, logger: logger)
    }
}

extension LoadedJob {
    /// The fork server of the job's engines. Answers may depend on the GPU, so its name is part of the build.
    fileprivate func forkServer(_ dialect: any EngineDialect, processors: ProcessorShare, on machine: MachineMemory)
        async throws -> ForkServerPlan?
    {
        let models = Set(spec.rolesInWave.flatMap(\.models).compactMap { spec.models[$0]?.model }).sorted()
        var plan = try await dialect.forkServer(
            models: models, environment: spec.engine.env, processors: processors, isWanted: spec.engine.warm == true)
        if case .gpu(let devices, _) = machine { plan?.build += devices.map { " on \($0.name)" }.joined() }
        return plan
    }
}

extension EngineSpec {
    package var dialect: any EngineDialect { kind.dialect(venv) }

    /// See ``Manifest/batchInvariant``.
    package var batchInvariant: Bool? {
        residency == .attach ? nil : kind.batchInvariantVariable.map { environment[$0] == "1" }
    }

    /// The environment of its processes, as far as known before they start.
    package var environment: [String: String] { ProcessInfo.processInfo.environment.merging(env) { $1 } }
}

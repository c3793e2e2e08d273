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
    /// nil if engines are not forked.
    private let warmStarts: WarmStarts?
    package let logger: Logger

    /// - Throws: `LedgerError`.
    package init(job: LoadedJob, directory: RunDirectory, logger: Logger) throws {
        self.job = job
        self.directory = directory
        self.logger = logger
        dialect = job.spec.engine.dialect
        ledger = try EngineLedger(path: directory.engines.path)
        let engine = job.spec.engine
        warmStarts =
            engine.startsWarm || engine.kind.startsWarm
            ? WarmStarts(
                isOn: engine.startsWarm, ledger: ledger, logDirectory: directory.logs.path,
                limit: .seconds(engine.startTimeout), answers: ColdAnswers(), logger: logger) : nil
    }

    package func close() async { await warmStarts?.end() }

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
        // Engines that the sweep has just ended may not have freed their memory yet.
        let machine = try await MachineMemory.measure(for: job.spec, dialect: dialect, atRest: true)
        let requests = await RequestsInFlight(job.spec, on: machine, dialect: dialect)
        let plan = try ResidencyPlan(job.spec, models: job.memory, on: machine, requests: requests)
        let processors = try await processorShare(plan)
        await warmStarts?.begin { [job, dialect] in
            try await job.forkServer(dialect, processors: processors, on: machine)
        }
        return try ResidentEngines(
            residency(plan, processors, on: machine), of: job, requests: requests, reason: plan.reason,
            energy: energy(on: machine), startsEngines: true, logger: logger)
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

    /// - Throws: `ResidencyError`; ``ModelFilesError``.
    private func residency(
        _ plan: ResidencyPlan, _ processors: ProcessorShare, on machine: MachineMemory
    ) throws -> Residency {
        let spec = job.spec
        let assignment = JobEngines(spec)
        let engines = try assignment.all.compactMap { engine -> Engine? in
            guard let role = assignment.namesake(of: engine), let model = spec.models[role] else { return nil }
            return Engine(
                configuration: try EngineConfiguration(
                    engine, model: model, engine: spec.engine, memory: plan.memory[engine] ?? EngineMemory(),
                    processors: processors, weights: job.weights(of: role), sleeps: plan.residency == .sleep),
                dialect: dialect, ledger: ledger, logDirectory: directory.logs.path,
                requests: EngineRequests(retry: EngineSpec.retry), warmStarts: warmStarts, logger: logger)
        }
        let memory = memoryGate(on: machine)
        let readAhead = ReadAhead(logger: logger)
        let standby =
            spec.engine.startsAhead ? StandbyMemory(bytes: spec.engine.kind.footprint(machine).standby) : nil
        let names = plan.groups.map { $0.map(\.name) }
        guard plan.residency == .sleep else {
            return try Residency(
                engines: engines, groups: names, memory: memory, readAhead: readAhead, standby: standby)
        }
        return try Residency(
            sleepers: engines, groups: names, level: spec.engine.sleepLevel, memory: memory, readAhead: readAhead,
            standby: standby, logger: logger)
    }

    /// Every engine's share of the processors. Logs how engines are set to it.
    private func processorShare(_ plan: ResidencyPlan) async throws -> ProcessorShare {
        let processors = HostProcessors.now()
        let share = ProcessorShare(of: processors, engines: plan.mostTogether)
        let settings = try await dialect.environment(for: share).filter { job.spec.engine.environment[$0.key] == nil }
        if let note = share.note(engines: plan.mostTogether, on: processors, settings: settings) {
            logger.notice("\(note)")
        }
        return share
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

extension MachineMemory {
    /// Measures the machine's memory as the job's engines will find it.
    ///
    /// - Parameter atRest: whether to wait until the GPU's memory has settled.
    /// - Throws: `EngineError` if the engine is not installed; ``ResidencyImpossible`` if there are too few GPUs.
    package static func measure(for job: JobSpec, dialect: any EngineDialect, atRest: Bool = false) async throws
        -> MachineMemory
    {
        let engine = job.engine
        let host = HostMemory.now()
        // Engines that run on the CPU need no GPU.
        guard try await dialect.usesGPU() else {
            return host.map { .host($0) } ?? .unknown("the kernel does not report the machine's memory")
        }
        let devices: [GPUDevice]
        do throws(GPUUnmeasurable) {
            let probe = GPUProbe(environment: engine.environment)
            devices = atRest ? try await probe.devicesAtRest() : try await probe.devices()
        } catch {
            return .unknown("\(error)")
        }
        guard !devices.isEmpty else {
            return .unknown("no NVIDIA GPU is visible here, and the installed \(engine.kind.title) is not a CPU build")
        }
        return try MachineMemory.gpu(devices, host).reduced(to: job.gpus)
    }

    /// The same with the first GPUs alone, over which models are spread.
    ///
    /// - Throws: ``ResidencyImpossible`` if there are fewer.
    package func reduced(to count: Int) throws(ResidencyImpossible) -> MachineMemory {
        guard case .gpu(let devices, let host) = self else { return self }
        guard devices.count >= count else {
            throw ResidencyImpossible(
                "the job spreads a model over \(count) GPUs, and the machine has \(devices.count)",
                remedy:
                    "Use a machine with more (Slurm: --gpus \(count)), make more visible (CUDA_VISIBLE_DEVICES), or lower "
                    + "`tensor-parallel-size`, `pipeline-parallel-size` or `data-parallel-size` in `args`.")
        }
        return .gpu(Array(devices.prefix(count)), host)
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

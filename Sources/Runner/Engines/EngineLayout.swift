import Decoding
import JobSpecs
import ModelLifecycle

/// The engines of a job as they are set up on a machine.
struct EngineLayout: Sendable {
    /// The machine without them.
    let machine: MachineMemory
    let requests: RequestsInFlight
    let plan: ResidencyPlan
    /// Of each engine.
    let processors: ProcessorShare
    let configurations: [EngineConfiguration]

    /// - Throws: ``ResidencyImpossible``; ``ModelFilesError``.
    init(_ job: LoadedJob, on machine: MachineMemory, requests: RequestsInFlight) throws {
        let plan = try ResidencyPlan(job.spec, models: job.memory, on: machine, requests: requests)
        try self.init(
            job, on: machine, requests: requests, plan,
            ProcessorShare(of: HostProcessors.now(), engines: plan.mostTogether))
    }

    /// How engines that take turns can be up together; nil if they cannot.
    func tail(of job: LoadedJob) -> TailPlan? {
        TailPlan(job.spec, models: job.memory, on: machine, requests: requests, plan)
    }

    /// The same with all these engines up together.
    ///
    /// - Throws: ``ResidencyImpossible``; ``ModelFilesError``.
    func uniting(_ engines: [EngineID], of job: LoadedJob) throws -> EngineLayout {
        guard let united = tail(of: job)?.layout(of: engines)?.plan else {
            throw ResidencyImpossible("these engines do not fit together")
        }
        // On a GPU they hardly compute on processors, and a fork server with the same share does for them.
        var processors = processors
        if case .host = machine {
            processors = ProcessorShare(of: HostProcessors.now(), engines: united.mostTogether)
        }
        return try EngineLayout(job, on: machine, requests: requests, united, processors)
    }

    private init(
        _ job: LoadedJob, on machine: MachineMemory, requests: RequestsInFlight, _ plan: ResidencyPlan,
        _ processors: ProcessorShare
    ) throws {
        self.machine = machine
        self.requests = requests
        self.plan = plan
        self.processors = processors
        configurations = try job.configurations(
            memory: plan.memory, processors: processors, sleeps: plan.residency == .sleep)
    }
}

extension LoadedJob {
    /// Its engines, in the order of a wave.
    ///
    /// - Throws: ``ModelFilesError``.
    func configurations(
        memory: [EngineID: EngineMemory] = [:], processors: ProcessorShare = .whole, sleeps: Bool = false
    ) throws -> [EngineConfiguration] {
        let assignment = JobEngines(spec)
        return try assignment.all.compactMap { engine in
            guard let role = assignment.namesake(of: engine), let model = spec.models[role] else { return nil }
            return try EngineConfiguration(
                engine, model: model, engine: spec.engine, memory: memory[engine] ?? EngineMemory(),
                processors: processors, weights: weights(of: role), sleeps: sleeps)
        }
    }

    /// The same job on some of the machine's GPUs; its spec, as the run keeps it, does not name them.
    ///
    /// - Parameter gpus: UUIDs; nil for all that are visible.
    package func seeing(_ gpus: [String]?) -> LoadedJob {
        guard let gpus else { return self }
        var job = self
        job.spec.engine.env["CUDA_VISIBLE_DEVICES"] = gpus.joined(separator: ",")
        return job
    }
}

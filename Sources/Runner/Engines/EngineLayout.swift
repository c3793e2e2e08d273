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
        self.machine = machine
        self.requests = requests
        let plan = try ResidencyPlan(job.spec, models: job.memory, on: machine, requests: requests)
        let processors = ProcessorShare(of: HostProcessors.now(), engines: plan.mostTogether)
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

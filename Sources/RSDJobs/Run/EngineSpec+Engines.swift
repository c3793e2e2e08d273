import ModelLifecycle

extension EngineConfiguration {
    /// - Throws: ``ModelFilesError``.
    init(
        role: Role, model: ModelSpec, engine: EngineSpec, memory: EngineMemory, processors: ProcessorShare = .whole,
        weights: [WeightFile] = [],
        sleeps: Bool = false
    ) throws {
        // The job's own part of the memory was for all engines together, and has been divided.
        let arguments = engine.args(for: model).filter { memory.share == nil || $0.flag != "gpu-memory-utilization" }
        self.init(
            name: role.rawValue, model: model.model, weights: weights,
            arguments: arguments.map { Argument($0.name, $0.value) }
                + (memory.cacheBytes.map { [Argument("kv-cache-memory-bytes", "\($0)")] } ?? []),
            environment: engine.env, task: try model.task(), contextLength: model.context, gpuShare: memory.share,
            processors: processors, sleeps: sleeps, startSilence: .seconds(engine.startTimeout),
            stopGrace: .seconds(engine.stopGrace))
    }
}

extension EngineSpec {
    /// A model's own flags take the place of the same flags of the engine.
    func args(for model: ModelSpec) -> [EngineArgument] {
        let own = Set(model.args.map(\.flag))
        return args.filter { !own.contains($0.flag) } + model.args
    }

    /// How often an engine is asked before a request counts as failed.
    static let retry = RetryPolicy(attempts: 3)
}

extension JobSpec {
    /// The models that the methods need, in the order of a wave: draft, score, have the target rewrite.
    var rolesInWave: [Role] {
        Role.wave.filter { role in methods.contains { $0.kind.roles.contains(role) } }
    }
}

extension Role {
    /// In the order in which a wave visits them.
    static let wave: [Role] = [.draft, .prm, .target, .speculative]
}

extension LoadedJob {
    /// What the checkpoints tell of the memory that each engine takes.
    var memory: [Role: CheckpointMemory] {
        Dictionary(
            uniqueKeysWithValues: spec.rolesInWave.compactMap { role in
                let parts = role.models.compactMap { models[$0]?.memory }
                return parts.first.map { first in (role, parts.dropFirst().reduce(first) { $0.with($1) }) }
            })
    }
}

extension LoadedJob {
    /// The files that an engine loads when it starts; empty where its flags have it load in some other way.
    func weights(of role: Role) -> [WeightFile] {
        let format = spec.models[role].flatMap { spec.engine.args(for: $0).last { $0.flag == "load-format" }?.value }
        guard Self.plainFormats.contains(format ?? "auto") else { return [] }
        return role.models.flatMap { models[$0]?.weights ?? [] }
    }

    /// Values of vLLM's `load-format` that read the files that transformers would.
    private static let plainFormats: Set<String> = ["auto", "hf", "safetensors", "bitsandbytes"]
}

extension ModelSpec {
    /// What the model's engine must know of its work.
    ///
    /// - Throws: ``ModelFilesError`` where a PRM's files do not tell what its profile needs.
    func task() throws(ModelFilesError) -> EngineTask {
        guard let scorer else { return .generate }
        return try scorer.task()
    }
}

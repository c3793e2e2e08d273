import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle

extension EngineConfiguration {
    /// - Throws: ``ModelFilesError``.
    init(
        _ name: EngineID, model: ModelSpec, engine: EngineSpec, memory: EngineMemory,
        processors: ProcessorShare = .whole,
        weights: [WeightFile] = [],
        sleeps: Bool = false
    ) throws {
        // The job's share of the memory is for all engines together, and has been divided.
        let arguments = engine.args(for: model).filter { memory.share == nil || $0.flag != "gpu-memory-utilization" }
        self.init(
            name: name.name, model: model.model, weights: weights,
            arguments: arguments.map { Argument($0.name, $0.value) }
                + (memory.cacheBytes.map { [Argument("kv-cache-memory-bytes", "\($0)")] } ?? []),
            environment: engine.env, task: try model.task(), contextLength: model.context, gpuShare: memory.share,
            processors: processors, sleeps: sleeps, startSilence: .seconds(engine.startTimeout),
            stopGrace: .seconds(engine.stopGrace))
    }
}

extension EngineSpec {
    /// Attempts per request before it counts as failed.
    static let retry = RetryPolicy(attempts: 3)
}

extension LoadedJob {
    /// The memory that each engine needs, according to its checkpoints.
    package var memory: [Role: CheckpointMemory] {
        Dictionary(
            uniqueKeysWithValues: spec.rolesInWave.compactMap { role in
                let parts = role.models.compactMap { models[$0]?.memory }
                return parts.first.map { first in (role, parts.dropFirst().reduce(first) { $0.with($1) }) }
            })
    }
}

extension LoadedJob {
    /// The files that an engine loads at its start; empty if its flags make it load in another way.
    package func weights(of role: Role) -> [WeightFile] {
        let format = spec.models[role].flatMap { spec.engine.args(for: $0).last { $0.flag == "load-format" }?.value }
        guard Self.plainFormats.contains(format ?? "auto") else { return [] }
        return role.models.flatMap { models[$0]?.weights ?? [] }
    }

    /// Values of vLLM's `load-format` that read the same files as transformers.
    private static let plainFormats: Set<String> = ["auto", "hf", "safetensors", "bitsandbytes"]
}

import Checkpoints

extension EngineSpec {
    private static let mostGPUs = 1024

    /// How a model is spread over the GPUs of a machine.
    package func spread(of model: ModelSpec) -> ModelSpread {
        let flags = args(for: model)
        func size(_ names: String...) -> Int {
            let values = names.lazy.compactMap { name in flags.last { $0.flag == name }?.value.flatMap { Int($0) } }
            return min(max(1, values.first ?? 1), Self.mostGPUs)
        }
        guard kind.usesGPU else { return .one }
        return ModelSpread(
            tensor: size("tensor-parallel-size"), pipeline: size("pipeline-parallel-size"),
            data: size("data-parallel-size-local", "data-parallel-size"))
    }
}

extension JobSpec {
    /// Number of GPUs that a machine must have for the job: those of the model that is spread over the most.
    package var gpus: Int {
        let needed = Set(rolesInWave.flatMap(\.models))
        return models.filter { needed.contains($0.key) }.values.map { engine.spread(of: $0).gpus }.max() ?? 1
    }
}

extension EngineSpec {
    /// The flags of a model's engine: the model's own replace the same flags of the engine section.
    package func args(for model: ModelSpec) -> [EngineArgument] {
        let own = Set(model.args.map(\.flag))
        return args.filter { !own.contains($0.flag) } + model.args
    }
}

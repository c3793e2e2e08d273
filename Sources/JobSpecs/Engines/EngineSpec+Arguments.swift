extension EngineSpec {
    /// A model's own flags take the place of the same flags of the engine.
    package func args(for model: ModelSpec) -> [EngineArgument] {
        let own = Set(model.args.map(\.flag))
        return args.filter { !own.contains($0.flag) } + model.args
    }
}

package struct ModelSpec: Sendable, Equatable {
    /// A directory with a Hugging Face checkpoint.
    package var model: String
    /// Tokens of prompt and answer together; nil takes the checkpoint's own limit.
    package var context: Int?
    /// Weights that a token meets, where the spec says it itself: what FLOPs are counted from.
    package var parameters: Int?
    /// For this model's engine, on top of the engine's own ``EngineSpec/args``.
    package var args: [EngineArgument] = []
    /// How a PRM wants its input and where it puts its rewards; nil for generators.
    package var profile: PRMProfile?
    /// What becomes of a step that is too long for a PRM; nil for generators.
    package var overlong: OverlongPolicy?
    /// Where it is served, if this program does not serve it itself.
    package var server: ServerSpec?
}

/// A server that somebody else runs.
package struct ServerSpec: Sendable, Equatable {
    /// `http://node7:8000`, without a path.
    package var url: String
    /// The environment variable that holds its API key.
    package var keyVariable: String?
    /// The name by which it knows the model, if that is not the model's path or its last part.
    package var served: String?
}

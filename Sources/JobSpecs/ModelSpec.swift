package struct ModelSpec: Sendable, Equatable {
    /// A directory with a Hugging Face checkpoint; the name of a model of the hub that is not in the cache.
    package var model: String
    /// The model of the hub that the directory holds; nil if the spec names a directory.
    package var hub: HubModel?
    /// Tokens of prompt and response together; nil for the checkpoint's own limit.
    package var context: Int?
    /// Number of weights that a token passes through, the basis of the FLOPs; nil to count them.
    package var parameters: Int?
    /// For this model's engine; they replace the same flags of ``EngineSpec/args``.
    package var args: [EngineArgument] = []
    /// The input format of a PRM, and where its rewards are read; nil for generators.
    package var profile: PRMProfile?
    /// How a PRM handles a step that is too long; nil for generators.
    package var overlong: OverlongPolicy?
    /// The server, if this program does not start one.
    package var server: ServerSpec?

    /// The model for people: its name on the hub, or its directory.
    package var title: String { hub?.name ?? model }

    /// Where exactly its files are from: its name and commit on the hub, or its directory.
    package var place: String { hub.map { "\($0.name)@\($0.commitOrRevision)" } ?? model }
}

/// A server that the user runs.
package struct ServerSpec: Sendable, Equatable {
    /// `http://node7:8000`, without a path.
    package var url: String
    /// The environment variable that holds its API key.
    package var keyVariable: String?
    /// The model's name on the server, if it is not the model's path or its last part.
    package var served: String?
}

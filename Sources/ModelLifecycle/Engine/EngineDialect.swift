/// How one kind of engine is started, and what its last words mean. All kinds speak vLLM's HTTP API.
///
/// A new kind of engine is a new type with this protocol, and nothing else.
public protocol EngineDialect: Sendable {
    /// As the job spec says it: `vllm`, `pocket`.
    var kind: String { get }

    /// The command line for one start.
    ///
    /// - Parameters:
    ///   - configuration: the engine to start.
    ///   - port: a port of 127.0.0.1 that was free a moment ago.
    /// - Returns: what to run, and where it will listen.
    /// - Throws: ``EngineError`` with ``EngineError/Code/cannotLaunch`` when the engine is not installed or the like.
    func launch(_ configuration: EngineConfiguration, port: Int) throws -> LaunchPlan

    /// What a process that ended before it was ready died of; nil when its words mean nothing to this dialect.
    func explain(exit: ExitStatus, logTail: String) -> StartFailure?

    /// The engine's own version, for the manifest.
    func version() async throws -> String
}

/// Everything that a start needs.
public struct LaunchPlan: Sendable, Hashable {
    /// Absolute path.
    public var executable: String
    public var arguments: [String]
    /// Set on top of this program's environment; the configuration's environment wins over it.
    public var environment: [String: String]
    /// Where the engine will listen. Mostly the port that was proposed.
    public var port: Int
    public var host: String
    /// Files and folders to remove when the engine is gone.
    public var temporaries: [String]

    public init(
        executable: String, arguments: [String], environment: [String: String] = [:], port: Int,
        host: String = "127.0.0.1", temporaries: [String] = []
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.port = port
        self.host = host
        self.temporaries = temporaries
    }
}

/// Why an engine did not become ready.
public enum StartFailure: Sendable, Hashable {
    /// Somebody else took the port between the look and the start: worth another try.
    case portTaken
    /// A sentence that says what is wrong and what to do.
    case because(String)
}

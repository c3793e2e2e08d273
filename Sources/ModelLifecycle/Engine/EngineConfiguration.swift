/// One engine as a job wants it: which model, with which flags.
public struct EngineConfiguration: Sendable, Hashable {
    /// A flag of the engine's command line: `--name value`, or `--name` alone.
    public struct Argument: Sendable, Hashable {
        /// Without the dashes: `max-model-len`.
        public var name: String
        public var value: String?

        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }

        /// The words of the command line.
        public var words: [String] { ["--\(name)"] + (value.map { [$0] } ?? []) }
    }

    /// The engine's part in the run, such as `draft`: the name of its logs and of the model it serves.
    public var name: String
    /// A folder, or what else the engine takes as a model.
    public var model: String
    public var arguments: [Argument]
    /// Set on top of this program's own environment.
    public var environment: [String: String]
    public var workingDirectory: String?
    /// How long a start may go on without a new word in the log. Loading and compiling take as long as they take.
    public var startSilence: Duration
    /// From SIGTERM to SIGKILL.
    public var stopGrace: Duration
    /// How long SIGKILL may take to work before the engine is given up as unkillable.
    public var killLimit: Duration

    public init(
        name: String, model: String, arguments: [Argument] = [], environment: [String: String] = [:],
        workingDirectory: String? = nil, startSilence: Duration = .seconds(600),
        stopGrace: Duration = .seconds(10), killLimit: Duration = .seconds(10)
    ) {
        self.name = name
        self.model = model
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.startSilence = startSilence
        self.stopGrace = stopGrace
        self.killLimit = killLimit
    }
}

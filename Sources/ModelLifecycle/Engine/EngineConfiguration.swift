/// One engine as a job wants it: which model, with which flags.
package struct EngineConfiguration: Sendable, Hashable {
    /// A flag of the engine's command line: `--name value`, or `--name` alone.
    package struct Argument: Sendable, Hashable {
        /// Without the dashes: `max-model-len`.
        package var name: String
        package var value: String?

        package init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }

        /// The words of the command line.
        package var words: [String] { ["--\(name)"] + (value.map { [$0] } ?? []) }
    }

    /// The engine's part in the run, such as `draft`: the name of its logs and of the model it serves.
    package var name: String
    /// A folder, or what else the engine takes as a model.
    package var model: String
    /// Files that it loads when it starts, in that order; empty where they are not known.
    package var weights: [WeightFile]
    package var arguments: [Argument]
    /// Set on top of this program's own environment.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// What the model is asked for.
    package var task: EngineTask
    /// Tokens of prompt and answer together; nil takes the checkpoint's own limit, and a longer one overrides it.
    package var contextLength: Int?
    /// The part of the GPU's memory that the engine may take; nil leaves it to the engine.
    package var gpuShare: Double?
    package var processors: ProcessorShare
    /// Whether the engine will be put to sleep and woken, which vLLM must know when it starts.
    package var sleeps: Bool
    /// How long a start may go on without a new word in the log. Loading and compiling take as long as they take.
    package var startSilence: Duration
    /// From SIGTERM to SIGKILL.
    package var stopGrace: Duration
    /// How long SIGKILL may take to work before the engine is given up as unkillable.
    package var killLimit: Duration

    package init(
        name: String, model: String, weights: [WeightFile] = [], arguments: [Argument] = [],
        environment: [String: String] = [:],
        workingDirectory: String? = nil, task: EngineTask = .generate, contextLength: Int? = nil,
        gpuShare: Double? = nil, processors: ProcessorShare = .whole, sleeps: Bool = false,
        startSilence: Duration = .seconds(600), stopGrace: Duration = .seconds(10), killLimit: Duration = .seconds(10)
    ) {
        self.name = name
        self.model = model
        self.weights = weights
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.task = task
        self.contextLength = contextLength
        self.gpuShare = gpuShare
        self.processors = processors
        self.sleeps = sleeps
        self.startSilence = startSilence
        self.stopGrace = stopGrace
        self.killLimit = killLimit
    }
}

/// A file that an engine loads when it starts.
package struct WeightFile: Sendable, Hashable {
    /// Absolute path.
    package var path: String
    /// In bytes.
    package var size: Int

    package init(path: String, size: Int) {
        self.path = path
        self.size = size
    }
}

/// What an engine must know of its work before it loads a model.
package enum EngineTask: Sendable, Hashable {
    /// Continue texts: `POST /v1/completions`.
    case generate
    /// Score tokens: `POST /pooling`.
    case score(ScoringSetup)
}

/// How a model is served so that it scores tokens.
package struct ScoringSetup: Sendable, Hashable {
    /// vLLM's `--convert`: `classify` makes a scorer of a causal language model.
    package var convert: String?
    /// Values of the model's config.json to override, as JSON texts by key.
    package var overrides: [String: String]
    /// vLLM's `--pooler-config`, as JSON texts by key.
    package var pooler: [String: String]
    /// What the engine must load to know the architecture.
    package var plugin: EnginePlugin?

    package init(
        convert: String? = nil, overrides: [String: String] = [:], pooler: [String: String] = [:],
        plugin: EnginePlugin? = nil
    ) {
        self.convert = convert
        self.overrides = overrides
        self.pooler = pooler
        self.plugin = plugin
    }
}

/// A Python package that this program brings along for an engine, found by it through PYTHONPATH: nothing is installed.
package struct EnginePlugin: Sendable, Hashable {
    /// Of its entry point.
    package var name: String
    /// Contents by path below a folder on PYTHONPATH.
    package var files: [String: String]

    package init(name: String, files: [String: String]) {
        self.name = name
        self.files = files
    }
}

/// An engine as a job defines it: model, flags and limits.
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

        /// The words on the command line.
        package var words: [String] {
            guard let value else { return ["--\(name)"] }
            // Otherwise it would be read as another flag.
            return value.hasPrefix("-") ? ["--\(name)=\(value)"] : ["--\(name)", value]
        }
    }

    /// The engine's name in the run, such as `draft`; also names its logs and the served model.
    package var name: String
    /// A directory, or another reference that the engine accepts as a model.
    package var model: String
    /// Files that it loads on start, in that order; empty if unknown.
    package var weights: [WeightFile]
    package var arguments: [Argument]
    /// Set on top of this program's own environment.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// The kind of work.
    package var task: EngineTask
    /// Tokens of prompt and response together; nil uses the checkpoint's own limit, which a longer one overrides.
    package var contextLength: Int?
    /// The fraction of the GPU's memory that the engine may use; nil leaves it to the engine.
    package var gpuShare: Double?
    package var processors: ProcessorShare
    /// Whether the engine will be put to sleep and woken, which vLLM must know at start.
    package var sleeps: Bool
    /// How long a start may go without a new line in the log. The start as a whole has no limit.
    package var startSilence: Duration
    /// Time between SIGTERM and SIGKILL.
    package var stopGrace: Duration
    /// Time after SIGKILL until the engine counts as unkillable.
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

extension EngineConfiguration {
    /// Without limits of waits: two engines for which this is the same can use the same process.
    package var ofProcess: EngineConfiguration {
        var configuration = self
        (configuration.startSilence, configuration.stopGrace, configuration.killLimit) = (.zero, .zero, .zero)
        return configuration
    }

    /// The same without what depends on the engines beside it.
    package var apart: EngineConfiguration {
        var configuration = ofProcess
        configuration.arguments.removeAll { $0.name == "kv-cache-memory-bytes" }
        (configuration.gpuShare, configuration.processors, configuration.sleeps) = (nil, .whole, false)
        return configuration
    }
}

/// A file that an engine loads on start.
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

/// The kind of work, which an engine must know before it loads a model.
package enum EngineTask: Sendable, Hashable {
    /// Generating text: `POST /v1/completions`.
    case generate
    /// Scoring tokens: `POST /pooling`.
    case score(ScoringSetup)
}

/// How a model is served for scoring tokens.
package struct ScoringSetup: Sendable, Hashable {
    /// vLLM's `--convert`: `classify` turns a causal language model into a scorer.
    package var convert: String?
    /// Overrides of the model's config.json, as JSON texts by key.
    package var overrides: [String: String]
    /// vLLM's `--pooler-config`, as JSON texts by key.
    package var pooler: [String: String]
    /// The plugin that adds the architecture.
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

/// A Python package that comes with this program. The engine finds it through PYTHONPATH; nothing is installed.
package struct EnginePlugin: Sendable, Hashable {
    /// Name of its entry point.
    package var name: String
    /// Contents by path, relative to a directory on PYTHONPATH.
    package var files: [String: String]
    /// A file of the engine's package that it builds on; nil if it needs none.
    package var base: String?

    package init(name: String, files: [String: String], base: String? = nil) {
        self.name = name
        self.files = files
        self.base = base
    }
}

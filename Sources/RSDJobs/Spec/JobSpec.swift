import Foundation
import ModelLifecycle

/// A job as it will be run: every default filled in, every path absolute, every value checked.
public struct JobSpec: Sendable, Equatable {
    public var name: String
    /// Everything random in the run is derived from it.
    public var seed: UInt64 { seeds[0] }
    /// One for each sample of a problem.
    public var seeds: [UInt64]
    public var models: [Role: ModelSpec]
    public var engine: EngineSpec
    public var datasets: [DatasetSpec]
    public var prompt: PromptSpec
    public var decoding: DecodingSpec
    public var methods: [MethodSpec]
    public var grading: GradingSpec
}

/// The parts that engines play: those of the three models of reward-guided speculative decoding, and the target with the draft as
/// its speculator.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case draft, target, prm, speculative

    /// Those that a spec names a model for.
    public static let named: [Role] = [.draft, .target, .prm]

    /// The models that such an engine loads, that whose text it is first.
    public var models: [Role] { self == .speculative ? [.target, .draft] : [self] }
}

public struct ModelSpec: Sendable, Equatable {
    /// A directory with a Hugging Face checkpoint.
    public var model: String
    /// Tokens of prompt and answer together; nil takes the checkpoint's own limit.
    public var context: Int?
    /// Weights that a token meets, where the spec says it itself: what FLOPs are counted from.
    public var parameters: Int?
    /// For this model's engine, on top of the engine's own ``EngineSpec/args``.
    public var args: [EngineArgument] = []
    /// How a PRM wants its input and where it puts its rewards; nil for generators.
    public var profile: PRMProfile?
    /// What becomes of a step that is too long for a PRM; nil for generators.
    public var overlong: OverlongPolicy?
    /// Where it is served, if this program does not serve it itself.
    public var server: ServerSpec?
}

/// A server that somebody else runs.
public struct ServerSpec: Sendable, Equatable {
    /// `http://node7:8000`, without a path.
    public var url: String
    /// The environment variable that holds its API key.
    public var keyVariable: String?
    /// The name by which it knows the model, if that is not the model's path or its last part.
    public var served: String?
}

public struct EngineSpec: Sendable, Equatable {
    public var kind: EngineKind
    /// The virtual environment that vLLM is in, or its Python; nil looks for it.
    public var venv: String?
    public var residency: ResidencyKind
    /// Whether engines are forked from a process that has imported vLLM; nil where that was seen to work.
    public var warm: Bool?
    /// Models that are up together, in the order of a wave; nil is a group for each.
    public var groups: [[Role]]?
    /// How deep engines sleep: 1 keeps their weights in the machine's memory, 2 reads them from disk again.
    public var sleepLevel = 1
    /// Handed to the engine's command line as `--key value`.
    public var args: [EngineArgument] = []
    public var env: [String: String]
    /// Requests in flight at most, to each engine; nil goes by what the engine runs at once.
    public var concurrency: Int?
    /// Seconds that a starting engine may be silent.
    public var startTimeout: Double
    /// Seconds that a working engine may make no progress.
    public var stallTimeout: Double
    /// Seconds between SIGTERM and SIGKILL.
    public var stopGrace: Double
}

public enum EngineKind: String, Sendable, CaseIterable { case vllm, pocket }

/// Which models are up, and when.
public enum ResidencyKind: String, Sendable, CaseIterable, Encodable {
    /// What suits the machine's memory and the models, of the others that need no servers of somebody else.
    case auto
    /// One group at a time, started and stopped.
    case swap
    /// One group at a time, the others asleep: vLLM's sleep mode.
    case sleep
    /// All at once.
    case share
    /// All at once, on servers that somebody else runs.
    case attach
}

/// One `--name value` (or bare `--name` for `true`) of an engine's command line.
public struct EngineArgument: Sendable, Equatable {
    public var name: String
    public var value: String?
    public init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// Those that change how vLLM renders a chat.
    static let chatFlags: Set<String> = ["chat-template", "default-chat-template-kwargs"]

    /// The name with dashes: engines take `max_model_len` and `max-model-len` for the same.
    var flag: String { name.replacing("_", with: "-") }
}

public struct DecodingSpec: Sendable, Equatable {
    public var delimiter: String
    public var tokens: TokenLimit
    public var maxSteps: Int
    public var temperature: Double
    public var topP: Double
    public var lookahead: Lookahead

    /// Tokens of a response that is not cut, at most.
    public var maxTokens: Int { tokens.count }
    public var sampling: Sampling { Sampling(temperature: temperature, topP: topP) }
}

/// How far the draft model runs ahead of the PRM's verdict.
public enum Lookahead: Sendable, Hashable {
    /// To the end of the solution.
    case all
    /// At most so many steps.
    case steps(Int)
}

public struct MethodSpec: Sendable, Equatable {
    /// Unique in the job; it names the method in results and tables.
    public var name: String
    public var kind: MethodKind
}

public struct GradingSpec: Sendable, Equatable {
    public var grader: GraderKind
}

public enum GraderKind: Sendable, Equatable {
    /// ``ExactGrader``.
    case exact
    /// Hugging Face's math-verify.
    ///
    /// - Parameters:
    ///   - python: a Python that has it, or its virtual environment; nil for the one with vLLM.
    ///   - timeout: seconds for one answer.
    case mathVerify(python: String?, timeout: Double)
    /// A program of the user's own.
    case command(GraderCommand)

    public static let standardTimeout = 10.0
}

/// How a program is run that grades.
public struct GraderCommand: Sendable, Equatable {
    /// The program and its arguments.
    public var words: [String]
    /// Where it runs.
    public var directory: String
    /// Seconds for all answers together.
    public var timeout: Double

    public static let standardTimeout = 3600.0

    public init(words: [String], directory: String, timeout: Double = standardTimeout) {
        self.words = words
        self.directory = directory
        self.timeout = timeout
    }
}

/// What goes before a solution.
public enum PromptSpec: Sendable, Equatable {
    /// The same text for every model.
    case template(PromptTemplate)
    /// Rendered for each model by its own chat template.
    case chat(ChatPrompt)
}

/// The messages of a conversation whose next is the solution.
public struct ChatPrompt: Sendable, Equatable {
    /// nil leaves it to the chat template, which may put in one of its own.
    public var system: String?
    /// `{question}` marks the question's place.
    public var user: String

    public init(system: String? = nil, user: String) {
        self.system = system
        self.user = user
    }
}

/// Text around a question; `{question}` marks the place.
public struct PromptTemplate: Sendable, Equatable {
    public var name: String
    public var text: String
}

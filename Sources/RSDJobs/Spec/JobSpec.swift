import Foundation
import ModelLifecycle

/// A job as it will be run: every default filled in, every path absolute, every value checked.
package struct JobSpec: Sendable, Equatable {
    package var name: String
    /// Everything random in the run is derived from it.
    package var seed: UInt64 { seeds[0] }
    /// One for each sample of a problem.
    package var seeds: [UInt64]
    package var models: [Role: ModelSpec]
    package var engine: EngineSpec
    package var datasets: [DatasetSpec]
    package var prompt: PromptSpec
    package var decoding: DecodingSpec
    package var methods: [MethodSpec]
    package var grading: GradingSpec
}

/// The parts that engines play: those of the three models of reward-guided speculative decoding, and the target with the draft as
/// its speculator.
package enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case draft, target, prm, speculative

    /// Those that a spec names a model for.
    package static let named: [Role] = [.draft, .target, .prm]

    /// The models that such an engine loads, that whose text it is first.
    package var models: [Role] { self == .speculative ? [.target, .draft] : [self] }
}

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

package struct EngineSpec: Sendable, Equatable {
    package var kind: EngineKind
    /// The virtual environment that vLLM is in, or its Python; nil looks for it.
    package var venv: String?
    package var residency: ResidencyKind
    /// Whether engines are forked from a process that has imported vLLM; nil where that was seen to work.
    package var warm: Bool?
    /// Models that are up together, in the order of a wave; nil is a group for each.
    package var groups: [[Role]]?
    /// How deep engines sleep: 1 keeps their weights in the machine's memory, 2 reads them from disk again.
    package var sleepLevel = 1
    /// Handed to the engine's command line as `--key value`.
    package var args: [EngineArgument] = []
    package var env: [String: String]
    /// Requests in flight at most, to each engine; nil goes by what the engine runs at once.
    package var concurrency: Int?
    /// Seconds that a starting engine may be silent.
    package var startTimeout: Double
    /// Seconds that a working engine may make no progress.
    package var stallTimeout: Double
    /// Seconds between SIGTERM and SIGKILL.
    package var stopGrace: Double
}

package enum EngineKind: String, Sendable, CaseIterable { case vllm, pocket }

/// Which models are up, and when.
package enum ResidencyKind: String, Sendable, CaseIterable, Encodable {
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
package struct EngineArgument: Sendable, Equatable {
    package var name: String
    package var value: String?
    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// Those that change how vLLM renders a chat.
    static let chatFlags: Set<String> = ["chat-template", "default-chat-template-kwargs"]

    /// The name with dashes: engines take `max_model_len` and `max-model-len` for the same.
    var flag: String { name.replacing("_", with: "-") }
}

package struct DecodingSpec: Sendable, Equatable {
    package var delimiter: String
    package var tokens: TokenLimit
    package var maxSteps: Int
    package var temperature: Double
    package var topP: Double
    package var lookahead: Lookahead

    /// Tokens of a response that is not cut, at most.
    package var maxTokens: Int { tokens.count }
    package var sampling: Sampling { Sampling(temperature: temperature, topP: topP) }
}

/// How far the draft model runs ahead of the PRM's verdict.
package enum Lookahead: Sendable, Hashable {
    /// To the end of the solution.
    case all
    /// At most so many steps.
    case steps(Int)
}

package struct MethodSpec: Sendable, Equatable {
    /// Unique in the job; it names the method in results and tables.
    package var name: String
    package var kind: MethodKind
}

package struct GradingSpec: Sendable, Equatable {
    package var grader: GraderKind
}

package enum GraderKind: Sendable, Equatable {
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

    package static let standardTimeout = 10.0
}

/// How a program is run that grades.
package struct GraderCommand: Sendable, Equatable {
    /// The program and its arguments.
    package var words: [String]
    /// Where it runs.
    package var directory: String
    /// Seconds for all answers together.
    package var timeout: Double

    package static let standardTimeout = 3600.0

    package init(words: [String], directory: String, timeout: Double = standardTimeout) {
        self.words = words
        self.directory = directory
        self.timeout = timeout
    }
}

/// What goes before a solution.
package enum PromptSpec: Sendable, Equatable {
    /// The same text for every model.
    case template(PromptTemplate)
    /// Rendered for each model by its own chat template.
    case chat(ChatPrompt)
}

/// The messages of a conversation whose next is the solution.
package struct ChatPrompt: Sendable, Equatable {
    /// nil leaves it to the chat template, which may put in one of its own.
    package var system: String?
    /// `{question}` marks the question's place.
    package var user: String

    package init(system: String? = nil, user: String) {
        self.system = system
        self.user = user
    }
}

/// Text around a question; `{question}` marks the place.
package struct PromptTemplate: Sendable, Equatable {
    package var name: String
    package var text: String
}

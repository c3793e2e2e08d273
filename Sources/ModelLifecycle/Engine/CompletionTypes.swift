/// One continuation to be written. Every sampling field is sent, so that no `generation_config.json` fills in its own.
public struct CompletionRequest: Sendable, Hashable {
    /// Token ids of the model that is asked.
    public var promptTokens: [Int]
    /// vLLM cuts it without a word to what the context leaves.
    public var maxTokens: Int
    /// 0 is greedy.
    public var temperature: Double
    public var topP: Double
    /// -1 is all tokens.
    public var topK: Int
    public var minP: Double
    public var repetitionPenalty: Double
    public var seed: Int
    public var stop: [String]
    /// Whether the stop string stays in the text. It is in the token ids in any case.
    public var includeStop: Bool
    /// How many of the likeliest tokens to tell of at each position, at most 20; nil tells of none.
    public var logprobs: Int?
    /// The only tokens that may be written; nil allows all.
    public var allowedTokens: [Int]?

    public init(
        promptTokens: [Int], maxTokens: Int, temperature: Double = 0, topP: Double = 1, topK: Int = -1,
        minP: Double = 0, repetitionPenalty: Double = 1, seed: Int, stop: [String] = [],
        includeStop: Bool = true, logprobs: Int? = nil, allowedTokens: [Int]? = nil
    ) {
        self.promptTokens = promptTokens
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.seed = seed
        self.stop = stop
        self.includeStop = includeStop
        self.logprobs = logprobs
        self.allowedTokens = allowedTokens
    }
}

/// What the engine wrote.
public struct Completion: Sendable, Hashable {
    public enum Finish: Sendable, Hashable {
        /// The model ended by itself, with the last token.
        case eos
        /// The same with another of the tokens that end its answers, where its `generation_config.json` lists several.
        case endToken
        /// This stop string came up.
        case stop(String)
        /// `maxTokens` or the context was used up.
        case length
        /// Anything else, such as vLLM's `abort`, `error` or `repetition`.
        case other(String)
    }

    public var text: String
    /// All tokens written, those of a stop string and of the end included.
    public var tokenIDs: [Int]
    public var finish: Finish
    /// Tokens of the prompt, as the engine counted them.
    public var promptTokens: Int
    public var completionTokens: Int
    /// The logarithms of the likeliest tokens' probabilities at each position, by the tokens' text; nil where they were not
    /// asked for.
    public var topLogprobs: [[String: Double]]?

    public init(
        text: String, tokenIDs: [Int], finish: Finish, promptTokens: Int, completionTokens: Int,
        topLogprobs: [[String: Double]]? = nil
    ) {
        self.text = text
        self.tokenIDs = tokenIDs
        self.finish = finish
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.topLogprobs = topLogprobs
    }
}

/// A text as the model's tokens.
public struct Tokenization: Sendable, Hashable {
    public var tokens: [Int]
    /// The token's name in the vocabulary, one for each token: `Ġthe`, `ĊĊ`.
    public var strings: [String]

    public init(tokens: [Int], strings: [String]) {
        self.tokens = tokens
        self.strings = strings
    }
}

/// A model that an engine serves.
public struct ServedModel: Sendable, Hashable {
    public var id: String
    /// Tokens of prompt and answer together; nil where the engine does not say.
    public var maxModelLength: Int?
    /// The path or name that the server was started with.
    public var root: String?

    public init(id: String, maxModelLength: Int?, root: String? = nil) {
        self.id = id
        self.root = root
        self.maxModelLength = maxModelLength
    }
}

/// Counters of an engine, each summed over its labels. They grow while the engine works, whatever `/health` says.
public struct EngineMetrics: Sendable, Hashable {
    /// `vllm:prompt_tokens_total`
    public var promptTokens: Double
    /// `vllm:generation_tokens_total`; stays 0 on a pooling server.
    public var generationTokens: Double
    /// `vllm:num_requests_running`
    public var requestsRunning: Double
    /// `vllm:num_requests_waiting`
    public var requestsWaiting: Double
    /// `vllm:spec_decode_num_draft_tokens_total`: tokens that a speculator wrote ahead.
    public var proposedTokens: Double
    /// `vllm:spec_decode_num_accepted_tokens_total`: those of them that the model took.
    public var acceptedTokens: Double

    public init(
        promptTokens: Double, generationTokens: Double, requestsRunning: Double, requestsWaiting: Double,
        proposedTokens: Double = 0, acceptedTokens: Double = 0
    ) {
        self.proposedTokens = proposedTokens
        self.acceptedTokens = acceptedTokens
        self.promptTokens = promptTokens
        self.generationTokens = generationTokens
        self.requestsRunning = requestsRunning
        self.requestsWaiting = requestsWaiting
    }
}

/// One continuation to be written. Every sampling field is sent, so that no `generation_config.json` fills in its own.
package struct CompletionRequest: Sendable, Hashable {
    /// Token ids of the model that is asked.
    package var promptTokens: [Int]
    /// vLLM cuts it without a word to what the context leaves.
    package var maxTokens: Int
    /// 0 is greedy.
    package var temperature: Double
    package var topP: Double
    /// -1 is all tokens.
    package var topK: Int
    package var minP: Double
    package var repetitionPenalty: Double
    package var seed: Int
    package var stop: [String]
    /// Whether the stop string stays in the text. It is in the token ids in any case.
    package var includeStop: Bool
    /// How many of the likeliest tokens to tell of at each position, at most 20; nil tells of none.
    package var logprobs: Int?
    /// The only tokens that may be written; nil allows all.
    package var allowedTokens: [Int]?

    package init(
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
package struct Completion: Sendable, Hashable {
    package enum Finish: Sendable, Hashable {
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

    package var text: String
    /// All tokens written, those of a stop string and of the end included.
    package var tokenIDs: [Int]
    package var finish: Finish
    /// Tokens of the prompt, as the engine counted them.
    package var promptTokens: Int
    package var completionTokens: Int
    /// The logarithms of the likeliest tokens' probabilities at each position, by the tokens' text; nil where they were not
    /// asked for.
    package var topLogprobs: [[String: Double]]?

    package init(
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
package struct Tokenization: Sendable, Hashable {
    package var tokens: [Int]
    /// The token's name in the vocabulary, one for each token: `Ġthe`, `ĊĊ`.
    package var strings: [String]

    package init(tokens: [Int], strings: [String]) {
        self.tokens = tokens
        self.strings = strings
    }
}

/// A model that an engine serves.
package struct ServedModel: Sendable, Hashable {
    package var id: String
    /// Tokens of prompt and answer together; nil where the engine does not say.
    package var maxModelLength: Int?
    /// The path or name that the server was started with.
    package var root: String?

    package init(id: String, maxModelLength: Int?, root: String? = nil) {
        self.id = id
        self.root = root
        self.maxModelLength = maxModelLength
    }
}

/// Counters of an engine, each summed over its labels. They grow while the engine works, whatever `/health` says.
package struct EngineMetrics: Sendable, Hashable {
    /// `vllm:prompt_tokens_total`
    package var promptTokens: Double
    /// `vllm:generation_tokens_total`; stays 0 on a pooling server.
    package var generationTokens: Double
    /// `vllm:num_requests_running`
    package var requestsRunning: Double
    /// `vllm:num_requests_waiting`
    package var requestsWaiting: Double
    /// `vllm:spec_decode_num_draft_tokens_total`: tokens that a speculator wrote ahead.
    package var proposedTokens: Double
    /// `vllm:spec_decode_num_accepted_tokens_total`: those of them that the model took.
    package var acceptedTokens: Double

    package init(
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

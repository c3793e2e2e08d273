/// A request for one continuation. Every sampling field is sent, so that `generation_config.json` cannot supply others.
package struct CompletionRequest: Sendable, Hashable {
    /// Token ids of the engine's model.
    package var promptTokens: [Int]
    /// vLLM silently cuts it to what the context leaves.
    package var maxTokens: Int
    /// 0 is greedy.
    package var temperature: Double
    package var topP: Double
    /// -1 means all tokens.
    package var topK: Int
    package var minP: Double
    package var repetitionPenalty: Double
    package var seed: Int
    package var stop: [String]
    /// Whether the stop string stays in the text. The token ids contain it in any case.
    package var includeStop: Bool
    /// Whether special tokens stay in the text.
    package var keepsSpecialTokens: Bool
    /// Number of likeliest tokens to return per position beside the one that was taken, at most 20; nil for no probabilities.
    package var logprobs: Int?
    /// Whether the likeliest tokens are named by their ids, which are distinct, instead of their texts.
    package var namesTokensByID: Bool
    /// Whether to return how likely the prompt's own tokens are. The engine then reads all of it again, whatever is cached.
    package var promptLogprobs: Bool
    /// The only tokens that may be generated; nil allows all.
    package var allowedTokens: [Int]?

    package init(
        promptTokens: [Int], maxTokens: Int, temperature: Double = 0, topP: Double = 1, topK: Int = -1,
        minP: Double = 0, repetitionPenalty: Double = 1, seed: Int, stop: [String] = [],
        includeStop: Bool = true, keepsSpecialTokens: Bool = false, logprobs: Int? = nil,
        namesTokensByID: Bool = false, promptLogprobs: Bool = false, allowedTokens: [Int]? = nil
    ) {
        self.namesTokensByID = namesTokensByID
        self.promptLogprobs = promptLogprobs
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
        self.keepsSpecialTokens = keepsSpecialTokens
        self.logprobs = logprobs
        self.allowedTokens = allowedTokens
    }
}

/// A generated continuation.
package struct Completion: Sendable, Hashable {
    package enum Finish: Sendable, Hashable {
        /// The model ended its response; its last token is the end token.
        case eos
        /// The same, with another of the end tokens that `generation_config.json` lists.
        case endToken
        /// This stop string occurred.
        case stop(String)
        /// `maxTokens` or the context was used up.
        case length
        /// Whoever reads the stream ended it early.
        case stopped
        /// Anything else, such as vLLM's `abort`, `error` or `repetition`.
        case other(String)
    }

    package var text: String
    /// All generated tokens, including those of a stop string and the end token.
    package var tokenIDs: [Int]
    package var finish: Finish
    /// Number of tokens of the prompt, as the engine counted them.
    package var promptTokens: Int
    package var completionTokens: Int
    /// Log probability of each of ``tokenIDs``; nil if they were not requested.
    package var logprobs: [Double]?
    /// Log probabilities of the likeliest tokens per position, by the tokens' text or id, with that of the token that was taken;
    /// nil if they were not requested.
    package var topLogprobs: [[String: Double]]?
    /// Log probability of each token of the prompt but the first; nil if they were not requested.
    package var promptLogprobs: [Double]?

    package init(
        text: String, tokenIDs: [Int], finish: Finish, promptTokens: Int, completionTokens: Int,
        logprobs: [Double]? = nil, topLogprobs: [[String: Double]]? = nil, promptLogprobs: [Double]? = nil
    ) {
        self.logprobs = logprobs
        self.promptLogprobs = promptLogprobs
        self.text = text
        self.tokenIDs = tokenIDs
        self.finish = finish
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.topLogprobs = topLogprobs
    }
}

/// The tokens of a text.
package struct Tokenization: Sendable, Hashable {
    package var tokens: [Int]
    /// The name of each token in the vocabulary: `Ġthe`, `ĊĊ`.
    package var strings: [String]

    package init(tokens: [Int], strings: [String]) {
        self.tokens = tokens
        self.strings = strings
    }
}

/// A model that an engine serves.
package struct ServedModel: Sendable, Hashable {
    package var id: String
    /// Tokens of prompt and response together; nil if the engine does not report it.
    package var maxModelLength: Int?
    /// The path or name that the server was started with.
    package var root: String?

    package init(id: String, maxModelLength: Int?, root: String? = nil) {
        self.id = id
        self.root = root
        self.maxModelLength = maxModelLength
    }
}

/// Counters of an engine, each summed over its labels. They grow only while the engine works, unlike `/health`, which
/// may stay fine.
package struct EngineMetrics: Sendable, Hashable {
    /// `vllm:prompt_tokens_total`
    package var promptTokens: Double
    /// `vllm:generation_tokens_total`; stays 0 on a pooling server.
    package var generationTokens: Double
    /// `vllm:num_requests_running`
    package var requestsRunning: Double
    /// `vllm:num_requests_waiting`
    package var requestsWaiting: Double
    /// `vllm:num_preemptions_total`: sequences that were set back for want of cache.
    package var preemptions: Double
    /// `vllm:kv_cache_usage_perc`: share of the cache in use, in 0…1.
    package var cacheUse: Double
    /// `vllm:spec_decode_num_draft_tokens_total`: tokens that a speculator proposed.
    package var proposedTokens: Double
    /// `vllm:spec_decode_num_accepted_tokens_total`: proposed tokens that the model accepted.
    package var acceptedTokens: Double

    package init(
        promptTokens: Double, generationTokens: Double, requestsRunning: Double, requestsWaiting: Double,
        preemptions: Double = 0, cacheUse: Double = 0, proposedTokens: Double = 0, acceptedTokens: Double = 0
    ) {
        self.preemptions = preemptions
        self.cacheUse = cacheUse
        self.proposedTokens = proposedTokens
        self.acceptedTokens = acceptedTokens
        self.promptTokens = promptTokens
        self.generationTokens = generationTokens
        self.requestsRunning = requestsRunning
        self.requestsWaiting = requestsWaiting
    }
}

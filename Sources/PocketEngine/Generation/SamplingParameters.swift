/// How to generate one completion. The names are those of vLLM's `/v1/completions`.
struct SamplingParameters: Sendable {
    /// At least 1.
    var maxTokens: Int
    /// 0 takes the most likely token.
    var temperature: Double = 1
    /// In (0, 1].
    var topP: Double = 1
    /// 0: no limit.
    var topK: Int = 0
    var seed: UInt64 = 0
    var stop: [String] = []
    var includeStop = false
    /// Whether special tokens are left out of the text.
    var skipSpecial = true
    var stopTokens: Set<Int> = []
    var ignoreEndOfText = false
    /// Number of likeliest tokens to return with each token that is written; nil for no probabilities.
    var logprobs: Int?
    /// The same for each token of the prompt but the first.
    var promptLogprobs: Int?
}

enum FinishReason: String, Sendable, CaseIterable {
    case stop, length, abort
}

/// The cause of `FinishReason.stop`; nil for the end-of-sequence token.
enum StopReason: Sendable, Equatable {
    case text(String)
    case token(Int)
}

/// One generated text.
struct Completion: Sendable, Equatable {
    var text: String
    /// All generated ids, including those of a stop string or the end-of-sequence token.
    var tokens: [Int]
    var finish: FinishReason
    var stopReason: StopReason?
    /// Of ``tokens``; empty if they were not requested.
    var probabilities: [TokenProbability] = []
    /// Of the prompt's tokens but the first; empty if they were not requested.
    var promptProbabilities: [TokenProbability] = []
}

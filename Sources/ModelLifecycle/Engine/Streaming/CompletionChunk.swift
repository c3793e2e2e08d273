/// One event of a streamed completion.
struct CompletionChunk: Decodable {
    struct Choice: Decodable {
        var index: Int?
        var text: String
        var token_ids: [Int]
        /// With the first chunk only.
        var prompt_token_ids: [Int]?
        var finish_reason: String?
        var stop_reason: CompletionAnswer.StopReason?
        var logprobs: CompletionAnswer.Logprobs?
    }

    var choices: [Choice]
    /// With the last chunk, which has no choices, and from some servers with every chunk.
    var usage: CompletionAnswer.Usage?
}

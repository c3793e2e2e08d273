import Foundation

/// One event of a streamed completion.
struct CompletionEvent: Encodable {
    struct Choice: Encodable {
        private enum CodingKeys: String, CodingKey {
            case index, text, logprobs
            case finishReason = "finish_reason"
            case stopReason = "stop_reason"
            case promptTokens = "prompt_token_ids"
            case tokens = "token_ids"
        }

        let index = 0
        let text: String
        @Nulled var logprobs: Int?
        @Nulled var finishReason: String?
        @Nulled var stopReason: StopReason?
        @Nulled var promptTokens: [Int]?
        @Nulled var tokens: [Int]?
    }

    let id: String
    let object = "text_completion"
    let created: Int
    let model: String
    let choices: [Choice]
    let usage: Usage?

    /// Closes every stream.
    static let done = Data("data: [DONE]\n\n".utf8)

    /// An event, or an error in its place, as it is sent.
    static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Data("data: ".utf8) + (try encoder.encode(value)) + Data("\n\n".utf8)
    }
}

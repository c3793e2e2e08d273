import Foundation

/// The `prompt` of a completion or the `input` of a pooling request: one text, several texts, one list of token ids, or
/// several.
enum Prompts: Decodable, Sendable {
    case texts([String])
    case ids([[Int]])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .texts([text])
        } else if let texts = try? container.decode([String].self) {
            self = .texts(texts)
        } else if let ids = try? container.decode([Int].self) {
            self = .ids([ids])
        } else if let ids = try? container.decode([[Int]].self) {
            self = .ids(ids)
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "Input should be a string, strings, token ids, or lists of token ids")
        }
    }

    /// The token ids of each prompt, checked against the vocabulary and the maximum length, of which `roomForAnswer` tokens must
    /// remain: 1 for completions, 0 for pooling. Throws `APIError`.
    func tokenized(for engine: Engine, roomForAnswer: Int) throws -> [[Int]] {
        let limit = engine.maxModelLength
        let prompts: [[Int]]
        switch self {
        case .texts(let texts):
            prompts = try texts.map { text in
                let characters = text.unicodeScalars.count
                guard characters <= limit * engine.tokenizer.longestToken else {
                    throw Self.tooLong(
                        limit,
                        "\(characters) characters (more than \(limit * engine.tokenizer.longestToken) "
                            + "characters, which is the upper bound for \(limit) input tokens)",
                        parameter: "input_text", value: characters)
                }
                let ids = engine.tokenizer.encode(text)
                guard ids.count <= limit else {
                    throw Self.tooLong(
                        limit, "at least \(limit + 1) input tokens", parameter: "input_tokens",
                        value: limit + 1)
                }
                return ids
            }
        case .ids(let lists):
            for ids in lists where ids.count > limit {
                throw Self.tooLong(
                    limit, "\(ids.count) input tokens", parameter: "input_tokens", value: ids.count)
            }
            prompts = lists
        }
        guard !prompts.isEmpty else { throw APIError.badRequest("You must pass at least one prompt") }
        for ids in prompts {
            guard !ids.isEmpty else { throw APIError.badRequest("The decoder prompt cannot be empty") }
            if let id = ids.first(where: { $0 < 0 || $0 >= engine.config.vocabularySize }) {
                throw APIError.badRequest("Token id \(id) is out of vocabulary")
            }
            guard ids.count + roomForAnswer <= limit else {
                throw APIError.badRequest("max_tokens must be at least 1, got 0.", param: "max_tokens")
            }
        }
        return prompts
    }

    private static func tooLong(_ limit: Int, _ contents: String, parameter: String, value: Int) -> APIError {
        .badRequest(
            "This model's maximum context length is \(limit) tokens. However, your prompt contains \(contents), "
                + "which exceeds this limit even without any output tokens. Please reduce the length of the input "
                + "prompt. (parameter=\(parameter), value=\(value))",
            param: parameter)
    }
}

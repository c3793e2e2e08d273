/// The body of `POST /pooling`.
struct PoolingRequest: Decodable {
    private enum Keys: String, CodingKey {
        case model, input, task
        case activation = "use_activation"
        case encoding = "encoding_format"
        case truncatePrompt = "truncate_prompt_tokens"
    }

    let model: String?
    let input: Prompts
    /// Whether scores are passed through the sigmoid.
    let activation: Bool

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        model = try fields.decodeIfPresent(String.self, forKey: .model)
        input = try fields.decode(Prompts.self, forKey: .input)
        activation = try fields.decodeIfPresent(Bool.self, forKey: .activation) ?? true
        if let task = try fields.decodeIfPresent(String.self, forKey: .task), task != "token_classify" {
            throw APIError.badRequest(
                "Unsupported task: '\(task)' Supported tasks: ['token_classify'] (parameter=task)",
                param: "task")
        }
        if let encoding = try fields.decodeIfPresent(String.self, forKey: .encoding), encoding != "float" {
            throw APIError.badRequest(
                "encoding_format \(encoding) is not supported by the pocket engine", param: "encoding_format")
        }
        if fields.contains(.truncatePrompt), try !fields.decodeNil(forKey: .truncatePrompt) {
            throw APIError.badRequest(
                "truncate_prompt_tokens is not supported by the pocket engine",
                param: "truncate_prompt_tokens")
        }
    }
}

/// The response of `POST /pooling`: one row per input, with one score per token.
struct PoolingResponse: Encodable {
    struct Item: Encodable {
        let index: Int
        let object = "pooling"
        let data: [[Float]]
    }

    let id: String
    let object = "list"
    let created: Int
    let model: String
    let data: [Item]
    let usage: Usage
}

/// The body of `POST /tokenize`.
struct TokenizeRequest: Decodable {
    private enum CodingKeys: String, CodingKey {
        case model, prompt
        case returnStrings = "return_token_strs"
    }

    let model: String?
    let prompt: String
    let returnStrings: Bool?
}

struct TokenizeResponse: Encodable {
    private enum CodingKeys: String, CodingKey {
        case count, tokens
        case maxModelLength = "max_model_len"
        case strings = "token_strs"
    }

    let count: Int
    let maxModelLength: Int
    let tokens: [Int]
    @Nulled var strings: [String]?
}

/// The body of `POST /detokenize`.
struct DetokenizeRequest: Decodable {
    let model: String?
    let tokens: [Int]
}

struct DetokenizeResponse: Encodable {
    let prompt: String
}

/// The response of `GET /v1/models`.
struct ModelList: Encodable {
    struct Model: Encodable {
        private enum CodingKeys: String, CodingKey {
            case id, object, created, root, parent
            case owner = "owned_by"
            case maxModelLength = "max_model_len"
        }

        let id: String
        let object = "model"
        let created: Int
        let owner = "rsd-pocket"
        let root: String
        @Nulled var parent: String?
        let maxModelLength: Int
    }

    let object = "list"
    let data: [Model]
}

/// The body of `POST /v1/completions`. Fields that are not listed are ignored, as in vLLM.
struct CompletionRequest: Decodable {
    private enum Keys: String, CodingKey {
        case model, prompt, temperature, n, seed, stop, stream, echo, logprobs, suffix
        case streamOptions = "stream_options"
        case maxTokens = "max_tokens"
        case topP = "top_p"
        case topK = "top_k"
        case includeStop = "include_stop_str_in_output"
        case skipSpecial = "skip_special_tokens"
        case stopTokens = "stop_token_ids"
        case ignoreEndOfText = "ignore_eos"
        case returnTokens = "return_token_ids"
        case promptLogprobs = "prompt_logprobs"
        case namesTokensByID = "return_tokens_as_token_ids"
        case truncatePrompt = "truncate_prompt_tokens"
        case minP = "min_p"
        case minTokens = "min_tokens"
        case presencePenalty = "presence_penalty"
        case frequencyPenalty = "frequency_penalty"
        case repetitionPenalty = "repetition_penalty"
    }

    private enum Stops: Decodable {
        case list([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = .list(try (try? [container.decode(String.self)]) ?? container.decode([String].self))
        }
    }

    let model: String?
    let prompt: Prompts
    let choices: Int
    let returnTokens: Bool
    /// Whether `logprobs` name tokens by id.
    let namesTokensByID: Bool
    /// How to stream the response; nil for a response in one piece.
    let streaming: StreamOptions?
    /// As sent; nil if the request has none.
    let seed: Int64?
    /// As sent; nil for as many as fit.
    let maxTokens: Int?
    /// `maxTokens` is not yet bounded by the prompt's length; the seed is random if the request has none.
    let parameters: SamplingParameters

    /// - Throws: `DecodingError`, or `APIError` for a value out of range or an unsupported field.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        func value<T: Decodable>(_ key: Keys, _ otherwise: T) throws -> T {
            try fields.decodeIfPresent(T.self, forKey: key) ?? otherwise
        }
        model = try fields.decodeIfPresent(String.self, forKey: .model)
        prompt = try fields.decode(Prompts.self, forKey: .prompt)
        choices = try value(.n, 1)
        returnTokens = try value(.returnTokens, false)
        namesTokensByID = try value(.namesTokensByID, false)
        let options = try fields.decodeIfPresent(StreamOptions.self, forKey: .streamOptions)
        streaming = try value(.stream, false) ? options ?? StreamOptions() : nil
        guard options == nil || streaming != nil else {
            throw APIError.badRequest(
                "Stream options can only be defined when `stream=True`.", param: "stream_options")
        }
        seed = try fields.decodeIfPresent(Int64.self, forKey: .seed)
        // Absent means 16, null means as many as fit.
        maxTokens =
            fields.contains(.maxTokens) ? try fields.decodeIfPresent(Int.self, forKey: .maxTokens) : 16
        var stops: [String] = []
        if case .list(let list)? = try fields.decodeIfPresent(Stops.self, forKey: .stop) { stops = list }
        parameters = SamplingParameters(
            maxTokens: maxTokens ?? Int.max, temperature: try value(.temperature, 1),
            topP: try value(.topP, 1),
            topK: max(0, try value(.topK, 0)),
            seed: seed.map(UInt64.init(bitPattern:)) ?? .random(in: 0...(.max)), stop: stops,
            includeStop: try value(.includeStop, false), skipSpecial: try value(.skipSpecial, true),
            stopTokens: Set(try value(.stopTokens, [Int]())),
            ignoreEndOfText: try value(.ignoreEndOfText, false),
            logprobs: try fields.decodeIfPresent(Int.self, forKey: .logprobs),
            promptLogprobs: try fields.decodeIfPresent(Int.self, forKey: .promptLogprobs))
        try checkRanges(topK: try value(.topK, 0))
        try Self.refuseUnsupported(fields)
    }

    private func checkRanges(topK: Int) throws {
        func check(_ holds: Bool, _ message: String, _ param: String) throws {
            if !holds { throw APIError.badRequest(message, param: param) }
        }
        let (temperature, topP) = (parameters.temperature, parameters.topP)
        try check(
            parameters.maxTokens >= 1, "max_tokens must be at least 1, got \(parameters.maxTokens).",
            "max_tokens")
        try check(choices >= 1, "n must be at least 1, got \(choices).", "n")
        try check(choices <= 16_384, "n must be at most 16384, got \(choices).", "n")
        try check(temperature >= 0, "temperature must be non-negative, got \(temperature).", "temperature")
        try check(topP > 0 && topP <= 1, "top_p must be in (0, 1], got \(topP).", "top_p")
        try check(topK >= -1, "top_k must be 0 (disable), or at least 1, got \(topK).", "top_k")
        for (param, count) in [("logprobs", parameters.logprobs), ("prompt_logprobs", parameters.promptLogprobs)] {
            guard let count else { continue }
            try check((0...20).contains(count), "\(param) must be from 0 to 20, got \(count).", param)
            try check(
                streaming == nil, "\(param) is not supported by the pocket engine with stream", param)
        }
        try check(!parameters.stop.contains(""), "stop cannot contain an empty string.", "stop")
        try check(
            choices == 1 || temperature >= Sampler.smallestTemperature,
            "n must be 1 when using greedy sampling, got \(choices).", "n")
    }

    /// Rejects fields of vLLM that this engine lacks: ignoring them would answer a different request.
    private static func refuseUnsupported(_ fields: KeyedDecodingContainer<Keys>) throws {
        func refuse(_ key: Keys, unless neutral: Double) throws {
            if let value = try? fields.decodeIfPresent(Double.self, forKey: key), value != neutral {
                try fail(key)
            }
        }
        func fail(_ key: Keys) throws {
            throw APIError.badRequest(
                "\(key.rawValue) is not supported by the pocket engine", param: key.rawValue)
        }
        if (try? fields.decodeIfPresent(Bool.self, forKey: .echo)) == true { try fail(.echo) }
        for key in [Keys.truncatePrompt, .suffix]
        where fields.contains(key) && (try? fields.decodeNil(forKey: key)) != true {
            try fail(key)
        }
        for key in [Keys.minP, .minTokens, .presencePenalty, .frequencyPenalty] { try refuse(key, unless: 0) }
        try refuse(.repetitionPenalty, unless: 1)
    }
}

/// The `stream_options` of a completion.
struct StreamOptions: Decodable {
    private enum CodingKeys: String, CodingKey {
        case includeUsage = "include_usage"
        case continuousUsage = "continuous_usage_stats"
    }

    /// Whether the last event has the numbers of tokens.
    var includeUsage = false
    /// Whether the others have them too, so far; needs `includeUsage`.
    var continuousUsage = false

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        includeUsage = try fields.decodeIfPresent(Bool.self, forKey: .includeUsage) ?? false
        continuousUsage = try fields.decodeIfPresent(Bool.self, forKey: .continuousUsage) ?? false
    }
}

/// The response of `POST /v1/completions`.
struct CompletionResponse: Encodable {
    struct Choice: Encodable {
        private enum CodingKeys: String, CodingKey {
            case index, text, logprobs
            case finishReason = "finish_reason"
            case stopReason = "stop_reason"
            case tokens = "token_ids"
            case promptLogprobs = "prompt_logprobs"
            case promptTokens = "prompt_token_ids"
        }

        let index: Int
        let text: String
        @Nulled var logprobs: LogprobsResponse?
        let finishReason: String
        @Nulled var stopReason: StopReason?
        @Nulled var tokens: [Int]?
        @Nulled var promptLogprobs: [PromptLogprob?]?
        @Nulled var promptTokens: [Int]?
    }

    let id: String
    let object = "text_completion"
    let created: Int
    let model: String
    let choices: [Choice]
    let usage: Usage
}

extension StopReason: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .token(let id): try container.encode(id)
        }
    }
}

struct Usage: Encodable {
    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case totalTokens = "total_tokens"
        case completionTokens = "completion_tokens"
        case promptDetails = "prompt_tokens_details"
    }

    let promptTokens: Int
    let totalTokens: Int
    let completionTokens: Int
    @Nulled var promptDetails: Int?

    init(prompt: Int, completion: Int) {
        promptTokens = prompt
        completionTokens = completion
        totalTokens = prompt + completion
        _promptDetails = Nulled(wrappedValue: nil)
    }
}

import Foundation
import Support

/// The body of `POST /v1/completions`, with vLLM's field names.
struct CompletionQuestion: Encodable {
    var model: String
    var prompt: [Int]
    var max_tokens: Int
    var temperature: Double
    var top_p: Double
    var top_k: Int
    var min_p: Double
    var repetition_penalty: Double
    var presence_penalty = 0.0
    var frequency_penalty = 0.0
    var seed: Int
    var stop: [String]
    var include_stop_str_in_output: Bool
    var skip_special_tokens: Bool
    var spaces_between_special_tokens: Bool?
    var n = 1
    var stream: Bool
    var stream_options: StreamOptions?
    var return_token_ids = true
    var logprobs: Int?
    var return_tokens_as_token_ids: Bool?
    var prompt_logprobs: Int?
    var allowed_token_ids: [Int]?

    struct StreamOptions: Encodable { var include_usage = true }

    init(model: String, _ request: CompletionRequest, isStreamed: Bool) {
        self.model = model
        stream = isStreamed
        stream_options = isStreamed ? StreamOptions() : nil
        prompt = request.promptTokens
        max_tokens = request.maxTokens
        temperature = request.temperature
        top_p = request.topP
        top_k = request.topK
        min_p = request.minP
        repetition_penalty = request.repetitionPenalty
        seed = request.seed
        stop = request.stop
        include_stop_str_in_output = request.includeStop
        skip_special_tokens = !request.keepsSpecialTokens
        spaces_between_special_tokens = request.keepsSpecialTokens ? false : nil
        logprobs = request.logprobs
        return_tokens_as_token_ids = request.namesTokensByID ? true : nil
        prompt_logprobs = request.promptLogprobs ? 0 : nil
        allowed_token_ids = request.allowedTokens
    }

    func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("allowed_token_ids", ifAny: allowed_token_ids)
            try $0.add("frequency_penalty", frequency_penalty)
            try $0.add("include_stop_str_in_output", include_stop_str_in_output)
            try $0.add("logprobs", ifAny: logprobs)
            try $0.add("max_tokens", max_tokens)
            try $0.add("min_p", min_p)
            try $0.add("model", model)
            try $0.add("n", n)
            try $0.add("presence_penalty", presence_penalty)
            try $0.add("prompt", prompt)
            try $0.add("prompt_logprobs", ifAny: prompt_logprobs)
            try $0.add("repetition_penalty", repetition_penalty)
            try $0.add("return_token_ids", return_token_ids)
            try $0.add("return_tokens_as_token_ids", ifAny: return_tokens_as_token_ids)
            try $0.add("seed", seed)
            try $0.add("skip_special_tokens", skip_special_tokens)
            try $0.add("spaces_between_special_tokens", ifAny: spaces_between_special_tokens)
            try $0.add("stop", stop)
            try $0.add("stream", stream)
            try $0.add("stream_options", ifAny: stream_options)
            try $0.add("temperature", temperature)
            try $0.add("top_k", top_k)
            try $0.add("top_p", top_p)
        }
    }
}

/// The response to it.
struct CompletionAnswer: Decodable {
    struct Usage: Decodable {
        @Counted var prompt_tokens: Int
        @Counted var completion_tokens: Int
        var total_tokens: Int?
    }

    /// A stop string, or the id of a stop token.
    enum StopReason: Decodable {
        case string(String)
        case token(Int)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let token = try? container.decode(Int.self) {
                self = .token(token)
            } else {
                self = .string(try container.decode(String.self))
            }
        }
    }

    struct Logprobs: Decodable {
        var token_logprobs: [Double?]
        var top_logprobs: [[String: Double]]
    }

    /// A token of the prompt.
    struct Likelihood: Decodable {
        var logprob: Double
    }

    struct Choice: Decodable {
        var index: Int?
        var text: String
        var token_ids: [Int]
        var prompt_token_ids: [Int]?
        var finish_reason: String
        var stop_reason: StopReason?
        var logprobs: Logprobs?
        /// By token id: the prompt's own token, and the likeliest if it is not that. nil for the first.
        var prompt_logprobs: [[String: Likelihood]?]?

        func completion(usage: Usage, prompt: [Int]) -> Completion {
            let finish: Completion.Finish =
                switch (finish_reason, stop_reason) {
                case ("stop", nil): .eos
                // No stop tokens are sent, so a named one is one of the model's own end tokens.
                case ("stop", .token): .endToken
                case ("stop", .string(let string)): .stop(string)
                case ("length", _): .length
                case (let reason, _): .other(reason)
                }
            return Completion(
                text: text, tokenIDs: token_ids, finish: finish, promptTokens: usage.prompt_tokens,
                completionTokens: usage.completion_tokens, logprobs: logprobs?.token_logprobs.compactMap(\.self),
                topLogprobs: logprobs?.top_logprobs,
                promptLogprobs: prompt_logprobs.map { positions in
                    zip(positions, prompt).dropFirst().compactMap { $0?["\($1)"]?.logprob }
                })
        }
    }

    var choices: [Choice]
    var usage: Usage
}

/// vLLM's error body, `{"error":{"message":…,"type":…,"param":…}}`, or FastAPI's `{"detail":…}`.
enum ErrorAnswer {
    private struct Body: Decodable {
        struct Inner: Decodable {
            var message: String?
            var type: String?
            var param: String?
            var code: Int?
        }
        var error: Inner
    }
    /// The error of the key middleware: `{"error":"Unauthorized"}`.
    private struct Plain: Decodable { var error: String }
    private struct Detail: Decodable { var detail: String }

    /// The error that an event of a stream is; nil if it is none.
    ///
    /// Whatever its code, it is the server's: the request was found good before the stream began. vLLM before 0.14 calls
    /// every such error a bad request.
    static func error(inStream event: Data, endpoint: String) -> EngineAnswerError? {
        let decoder = JSONDecoder()
        let inner = (try? decoder.decode(Body.self, from: event))?.error
        guard inner != nil || (try? decoder.decode(Plain.self, from: event)) != nil else { return nil }
        let code = inner?.code.flatMap { (500...599).contains($0) ? $0 : nil }
        return error(status: code ?? 500, body: event, endpoint: endpoint)
    }

    static func error(status: Int, body: Data, endpoint: String) -> EngineAnswerError {
        let decoder = JSONDecoder()
        let inner = (try? decoder.decode(Body.self, from: body))?.error
        let message =
            inner?.message ?? (try? decoder.decode(Plain.self, from: body))?.error
            ?? (try? decoder.decode(Detail.self, from: body))?.detail
        return .status(
            status, message: message ?? body.excerpt, kind: inner?.type, parameter: inner?.param,
            endpoint: endpoint)
    }
}

extension EngineMetrics {
    /// Parses Prometheus' text format.
    init(prometheus text: String) {
        var sums: [Substring: Double] = [:]
        var cacheUse = 0.0
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("vllm:") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            // Label values may contain spaces, so the value is what follows the closing brace.
            let rest =
                line.lastIndex(of: "}").map { line[line.index(after: $0)...] } ?? line[name.endIndex...]
            guard let word = rest.split(separator: " ").first, let value = Double(word) else { continue }
            // Ignore invalid counts: NaN would compare unequal to itself on every look.
            guard (0...0x1p53).contains(value) else { continue }
            sums[name, default: 0] += value
            // Of data-parallel engines, the fullest counts.
            if name == "vllm:kv_cache_usage_perc" { cacheUse = max(cacheUse, value) }
        }
        self.init(
            promptTokens: sums["vllm:prompt_tokens_total"] ?? 0,
            generationTokens: sums["vllm:generation_tokens_total"] ?? 0,
            requestsRunning: sums["vllm:num_requests_running"] ?? 0,
            requestsWaiting: sums["vllm:num_requests_waiting"] ?? 0,
            preemptions: sums["vllm:num_preemptions_total"] ?? 0, cacheUse: cacheUse,
            proposedTokens: sums["vllm:spec_decode_num_draft_tokens_total"] ?? 0,
            acceptedTokens: sums["vllm:spec_decode_num_accepted_tokens_total"] ?? 0)
    }
}

extension Data {
    /// The start of the text on one line, for error messages.
    var excerpt: String {
        let text = String(decoding: prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.isEmpty ? "(nothing)" : text + (count > 200 ? "…" : "")
    }
}

extension DecodingError {
    /// The error and the field where it occurred.
    var sentence: String {
        switch self {
        case .keyNotFound(let key, let context):
            "the field \(Self.path(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context):
            "\(Self.path(context.codingPath)) is not \(Self.name(type))"
        case .valueNotFound(let type, let context):
            "\(Self.path(context.codingPath)) is null, not \(Self.name(type))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not JSON"
                : "\(Self.path(context.codingPath)) cannot be read: \(context.debugDescription)"
        @unknown default: "\(self)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text.isEmpty ? "the response" : text
    }

    private static func name(_ type: any Any.Type) -> String {
        switch type {
        case is Int.Type: "an integer"
        case is Double.Type: "a number"
        case is String.Type: "a string"
        default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
        }
    }
}

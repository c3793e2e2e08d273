import Foundation
import Support

/// A typed client for vLLM's HTTP API.
///
/// Every method throws ``EngineAnswerError``, or `CancellationError` if the calling task was cancelled. Transient
/// failures (see ``RetryPolicy/isTransient(status:)``) have been retried as often as the policy allows.
package struct EngineClient: Sendable {
    package let endpoint: HTTPEndpoint
    /// The served model's name, sent as `model`.
    package let model: String
    /// For one attempt of one request. Requests other than generating and scoring have shorter ones: see
    /// ``RequestLimits``.
    package var deadline: Duration
    package var retry: RetryPolicy
    let http: HTTPClient
    private let clock: any Clock<Duration>
    /// Why the engine has ended; nil while it runs.
    private let ended: @Sendable () -> EngineError?

    /// A client for an engine that runs elsewhere.
    package init(
        endpoint: HTTPEndpoint, model: String, http: HTTPClient, deadline: Duration = .seconds(3600),
        retry: RetryPolicy = RetryPolicy(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(
            endpoint: endpoint, model: model, http: http, deadline: deadline, retry: retry, clock: clock,
            ended: { nil })
    }

    package init(
        endpoint: HTTPEndpoint, model: String, http: HTTPClient, deadline: Duration, retry: RetryPolicy,
        clock: any Clock<Duration>, ended: @escaping @Sendable () -> EngineError?
    ) {
        self.endpoint = endpoint
        self.model = model
        self.http = http
        self.deadline = deadline
        self.retry = retry
        self.clock = clock
        self.ended = ended
    }

    /// `GET /health`: whether the engine reports that it is healthy. Not retried. Even a hung engine may report it.
    package func health() async throws -> Bool {
        var request = request(.get, "/health", .glance)
        request.deadline = min(deadline, .seconds(10))
        do {
            return try await http.send(request).status == 200
        } catch .cancelled {
            throw CancellationError()
        } catch {
            return false
        }
    }

    /// `GET /v1/models`
    package func models() async throws -> [ServedModel] {
        struct Answer: Decodable {
            struct Card: Decodable {
                var id: String
                var max_model_len: Int?
                var root: String?
            }
            var data: [Card]
        }
        let answer: Answer = try await look(at: "/v1/models")
        return answer.data.map { ServedModel(id: $0.id, maxModelLength: $0.max_model_len, root: $0.root) }
    }

    /// Limit on the tokens of a prompt and its response together; nil if the server does not report it.
    ///
    /// - Throws: ``EngineAnswerError``, also if the model is not served or its context is invalid.
    package func contextLength() async throws -> Int? {
        let served = try await models()
        func wrong(_ what: String) -> EngineAnswerError {
            malformed("/v1/models", what, Data("\(served)".utf8))
        }
        guard let card = served.first(where: { $0.id == model }) else { throw wrong("it does not serve '\(model)'") }
        guard let length = card.maxModelLength else { return nil }
        guard length > 0, length <= Int32.max else { throw wrong("max_model_len is \(length)") }
        return length
    }

    /// `GET /version`
    package func version() async throws -> String {
        struct Answer: Decodable { var version: String }
        let answer: Answer = try await look(at: "/version")
        return answer.version
    }

    /// `POST /tokenize`
    package func tokenize(_ text: String, addSpecialTokens: Bool) async throws -> Tokenization {
        struct Question: Encodable {
            var model: String
            var prompt: String
            var add_special_tokens: Bool
            var return_token_strs = true
        }
        struct Answer: Decodable {
            var count: Int?
            var tokens: [Int]
            var token_strs: [String]
        }
        let path = "/tokenize"
        let question = Question(model: model, prompt: text, add_special_tokens: addSpecialTokens)
        return try await ask(path, .reading, question) { (answer: Answer, body) in
            guard answer.tokens.count == answer.token_strs.count else {
                throw malformed(
                    path, "\(answer.tokens.count) tokens with \(answer.token_strs.count) names", body)
            }
            try checkTokens(answer.tokens, count: answer.count, body)
            return Tokenization(tokens: answer.tokens, strings: answer.token_strs)
        }
    }

    /// `POST /tokenize` for a conversation, rendered with the model's own chat template.
    ///
    /// - Parameters:
    ///   - addGenerationPrompt: whether the text ends where the assistant's response begins.
    ///   - continueFinalMessage: whether the last message stays open for continuation; excludes `addGenerationPrompt`.
    ///   - settings: of the template, such as `enable_thinking`; they precede those that the server was started with.
    /// - Returns: the ids, with the special tokens of the template and no others.
    package func tokenize(
        messages: [ChatMessage], addGenerationPrompt: Bool, continueFinalMessage: Bool, settings: [String: Bool] = [:]
    ) async throws -> [Int] {
        struct Question: Encodable {
            var model: String
            var messages: [ChatMessage]
            var add_generation_prompt: Bool
            var continue_final_message: Bool
            var chat_template_kwargs: [String: Bool]?
            // The template contains them already.
            var add_special_tokens = false
        }
        struct Answer: Decodable {
            var count: Int?
            var tokens: [Int]
        }
        let question = Question(
            model: model, messages: messages, add_generation_prompt: addGenerationPrompt,
            continue_final_message: continueFinalMessage, chat_template_kwargs: settings.isEmpty ? nil : settings)
        return try await ask("/tokenize", .reading, question) { (answer: Answer, body) in
            try checkTokens(answer.tokens, count: answer.count, body)
            return answer.tokens
        }
    }

    private func checkTokens(_ tokens: [Int], count: Int?, _ body: Data) throws {
        guard (count ?? tokens.count) == tokens.count else {
            throw malformed("/tokenize", "it counts \(count ?? 0) tokens but contains \(tokens.count)", body)
        }
        if let id = tokens.first(where: { $0 < 0 || $0 > Int32.max }) {
            throw malformed("/tokenize", "the invalid token \(id)", body)
        }
    }

    /// `POST /detokenize`
    package func detokenize(_ tokens: [Int]) async throws -> String {
        struct Question: Encodable {
            var model: String
            var tokens: [Int]
        }
        struct Answer: Decodable { var prompt: String }
        return try await ask("/detokenize", .reading, Question(model: model, tokens: tokens)) { (answer: Answer, _) in
            answer.prompt
        }
    }

    /// `POST /v1/completions`, one prompt and one response.
    package func complete(_ request: CompletionRequest) async throws -> Completion {
        let path = CompletionStream.path
        return try await ask(path, .work, CompletionQuestion(model: model, request, isStreamed: false)) {
            (answer: CompletionAnswer, body) in
            if let what = answer.contradiction(to: request) { throw malformed(path, what, body) }
            return answer.choices[0].completion(usage: answer.usage, prompt: request.promptTokens)
        }
    }

    /// `POST /pooling`: the model's scores for each token, or for each step tag, depending on how the engine was
    /// started.
    ///
    /// - Returns: a row per token or tag, with a column per class. It may be empty: compare the number of rows with
    ///   what you expect.
    package func pool(_ tokens: [Int]) async throws -> [[Double]] {
        struct Question: Encodable {
            var model: String
            var input: [Int]
        }
        struct Answer: Decodable {
            struct Item: Decodable {
                var index: Int?
                var data: [[Double?]]
            }
            struct Usage: Decodable { var prompt_tokens: Int? }
            var data: [Item]
            var usage: Usage?
        }
        let path = "/pooling"
        return try await ask(path, .work, Question(model: model, input: tokens)) { (answer: Answer, body) in
            guard answer.data.count == 1, (answer.data[0].index ?? 0) == 0 else {
                throw malformed(path, "\(answer.data.count) items instead of one", body)
            }
            if let read = answer.usage?.prompt_tokens, read != tokens.count {
                throw malformed(path, "the input has \(read) tokens, but \(tokens.count) were sent", body)
            }
            guard Set(answer.data[0].data.map(\.count)).count < 2 else {
                throw malformed(path, "rows of different lengths", body)
            }
            return try answer.data[0].data.enumerated().map { row, columns in
                try columns.map { value in
                    guard let value, value.isFinite else {
                        throw malformed(
                            path, "row \(row) of data[0].data contains something that is not a number", body)
                    }
                    return value
                }
            }
        }
    }

    /// `GET /metrics`
    package func metrics() async throws -> EngineMetrics {
        let body = try await fetch(request(.get, "/metrics", .glance), path: "/metrics")
        return EngineMetrics(prometheus: String(decoding: body, as: UTF8.self))
    }

    // MARK: Requests

    /// - Returns: a server's information about itself.
    func look<Answer: Decodable>(at path: String) async throws -> Answer {
        try decode(try await fetch(request(.get, path, .glance), path: path), path: path)
    }

    private func ask<Question: Encodable, Answer: Decodable, Value>(
        _ path: String, _ limits: RequestLimits, _ question: Question, _ read: (Answer, Data) throws -> Value
    ) async throws -> Value {
        let data = try JSONText.encode(question)
        let body = try await fetch(request(.post, path, body: data, limits), path: path)
        return try read(decode(body, path: path), body)
    }

    func request(_ method: HTTPRequest.Method, _ path: String, body: Data? = nil, _ limits: RequestLimits)
        -> HTTPRequest
    {
        var request = HTTPRequest(
            method, endpoint, path, body: body, deadline: min(deadline, limits.deadline ?? deadline))
        request.answerLimit = limits.answerLimit
        return request
    }

    /// The body of a response with status 200.
    func fetch(_ request: HTTPRequest, path: String) async throws -> Data {
        try await fetch(path) { () throws(HTTPError) in
            try await http.send(request)
        } read: {
            $0.body
        }
    }

    /// What `read` makes of a response with status 200. What fails for a moment only is sent again.
    func fetch<Value: Sendable>(
        _ path: String, send: () async throws(HTTPError) -> HTTPResponse, read: (HTTPResponse) throws -> Value
    ) async throws -> Value {
        try await retry.run(clock: clock, isTransient: { ($0 as? EngineAnswerError)?.isTransient ?? false }) {
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try await send()
            } catch {
                if error == .cancelled { throw CancellationError() }
                // A dead engine refuses connections for good: its death is the more useful error.
                if let ended = ended() { throw EngineAnswerError.engine(ended) }
                throw EngineAnswerError.transport(error)
            }
            guard response.status == 200 else {
                throw ErrorAnswer.error(status: response.status, body: response.body, endpoint: path)
            }
            return try read(response)
        }
    }

    func decode<Answer: Decodable>(_ body: Data, path: String) throws -> Answer {
        do {
            return try JSONText.decode(Answer.self, from: body)
        } catch let error as DecodingError {
            throw malformed(path, error.sentence, body)
        }
    }

    func malformed(_ path: String, _ what: String, _ body: Data) -> EngineAnswerError {
        .malformed(endpoint: path, what: what, excerpt: body.excerpt)
    }
}

import CKernels
import FlyingFox
import Foundation

/// Handles requests of vLLM's API for one engine.
struct Router: HTTPHandler {
    let engine: Engine
    let modelName: String
    /// The model folder, as shown by `/v1/models`.
    let root: String
    let apiKey: String?
    let requestLog: RequestLog?
    let faults: Faults
    /// Delay before each response of the model.
    let delay: Duration
    let watch: ClientWatch
    let open = OpenRequests()
    let started = Int(Date().timeIntervalSince1970)

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        watch.sendAtOnce(request)
        do {
            return try await route(request)
        } catch let error as APIError {
            return try .json(error, status: error.status)
        } catch let error as DecodingError {
            let error = APIError.invalid(error)
            return try .json(error, status: error.status)
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        if request.path.hasPrefix("/v1/"), let apiKey, request.headers[.authorization] != "Bearer \(apiKey)" {
            return try .json(["error": "Unauthorized"], status: 401)
        }
        guard let (method, handler) = endpoint(request.path) else {
            return try .json(["detail": "Not Found"], status: 404)
        }
        guard request.method == method else {
            return try .json(["detail": "Method Not Allowed"], status: 405)
        }
        engine.metrics.asked(request.path)
        guard let fault = faults.due(at: request.path) else { return try await handler(request) }
        let cancellation = Cancellation()
        return try await watch.during(request, gone: { cancellation.abandon() }) {
            try await faults.act(fault, cancellation) { try await handler(request) }
        }
    }

    private typealias Handler = (HTTPRequest) async throws -> HTTPResponse

    private func endpoint(_ path: String) -> (HTTPMethod, Handler)? {
        switch (path, engine.config.task) {
        case ("/v1/completions", .generation): (.POST, complete)
        case ("/pooling", .reward): (.POST, pool)
        case ("/tokenize", _): (.POST, tokenize)
        case ("/detokenize", _): (.POST, detokenize)
        case ("/v1/models", _): (.GET, { _ in try models() })
        case ("/health", _), ("/ping", _): (.GET, { _ in HTTPResponse(statusCode: .ok) })
        case ("/version", _): (.GET, { _ in try .json(["version": PocketServer.version]) })
        case ("/metrics", _): (.GET, { _ in metrics() })
        case ("/sleep", _): (.POST, sleep)
        case ("/wake_up", _): (.POST, wake)
        case ("/collective_rpc", _): (.POST, call)
        case ("/reset_prefix_cache", _): (.POST, resetPrefixCache)
        case ("/is_sleeping", _): (.GET, { _ in try .json(["is_sleeping": engine.isSleeping]) })
        default: nil
        }
    }

    // MARK: The model

    private func complete(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body: CompletionRequest = try await decode(request)
        try checkModel(body.model)
        let prompts = try body.prompt.tokenized(for: engine, roomForAnswer: 1)
        let line = RequestLog.Line(
            path: request.path, model: body.model ?? modelName, prompts: prompts, maxTokens: body.maxTokens,
            seed: body.seed, temperature: body.parameters.temperature, stop: body.parameters.stop,
            stream: body.streaming.map { _ in true })
        if let options = body.streaming { return try await stream(request, body, options, prompts, line) }
        return try await withModel(request, line) { cancellation in
            let completions = try await engine.complete(
                prompts, choices: body.choices, body.parameters, cancellation: cancellation)
            let choices = completions.enumerated().map { index, completion in
                CompletionResponse.Choice(
                    index: index, text: completion.text,
                    logprobs: body.parameters.logprobs.map { _ in
                        LogprobsResponse(
                            completion.probabilities, namesByID: body.namesTokensByID, tokenizer: engine.tokenizer)
                    },
                    finishReason: completion.finish.rawValue,
                    stopReason: completion.stopReason, tokens: body.returnTokens ? completion.tokens : nil,
                    promptLogprobs: body.parameters.promptLogprobs.map { _ in
                        [nil]
                            + completion.promptProbabilities.map { PromptLogprob($0, tokenizer: engine.tokenizer) }
                    }, promptTokens: body.returnTokens ? prompts[index / body.choices] : nil
                )
            }
            return try .json(
                CompletionResponse(
                    id: "cmpl-\(Self.newID())", created: Self.now(), model: modelName, choices: choices,
                    usage: Usage(
                        prompt: prompts.reduce(0) { $0 + $1.count },
                        completion: completions.reduce(0) { $0 + $1.tokens.count })))
        }
    }

    private func pool(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body: PoolingRequest = try await decode(request)
        try checkModel(body.model)
        let prompts = try body.input.tokenized(for: engine, roomForAnswer: 0)
        let line = RequestLog.Line(
            path: request.path, model: body.model ?? modelName, prompts: prompts, maxTokens: nil, seed: nil,
            temperature: nil, stop: nil)
        return try await withModel(request, line) { cancellation in
            let scores = try await engine.score(prompts, cancellation: cancellation)
            let items = scores.enumerated().map { index, row in
                PoolingResponse.Item(
                    index: index, data: row.map { [body.activation ? rsd_sigmoid_of($0) : $0] })
            }
            return try .json(
                PoolingResponse(
                    id: "pooling-\(Self.newID())", created: Self.now(), model: modelName, data: items,
                    usage: Usage(prompt: prompts.reduce(0) { $0 + $1.count }, completion: 0)))
        }
    }

    /// The only path to the model: logs, injects faults, delays, and ends a request whose client has disconnected.
    func withModel(
        _ request: HTTPRequest, _ line: RequestLog.Line, _ cancellation: Cancellation = Cancellation(),
        answer: (Cancellation) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let prompts = line.prompts
        let count = open.enter()
        defer { open.leave() }
        try requestLog?.append(line, open: count)
        return try await watch.during(request, gone: { abandon(cancellation) }) {
            try await faults.around(
                prompts: { prompts.map { engine.tokenizer.decode($0, skipSpecial: false) } },
                cancellation: cancellation
            ) {
                if delay > .zero { try await Task.sleep(for: delay) }
                do {
                    return try await answer(cancellation)
                } catch is Cancellation.Abandoned {
                    throw APIError.internalError("The request was abandoned")
                }
            }
        }
    }

    /// Ends a request that nobody waits for.
    func abandon(_ cancellation: Cancellation) {
        cancellation.abandon()
        engine.workers.sweep()
    }

    // MARK: The rest

    private func tokenize(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body: TokenizeRequest = try await decode(request)
        try checkModel(body.model)
        let ids = engine.tokenizer.encode(body.prompt)
        return try .json(
            TokenizeResponse(
                count: ids.count, maxModelLength: engine.maxModelLength, tokens: ids,
                strings: body.returnStrings == true ? ids.map(engine.tokenizer.written) : nil))
    }

    private func detokenize(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body: DetokenizeRequest = try await decode(request)
        try checkModel(body.model)
        return try .json(DetokenizeResponse(prompt: engine.tokenizer.decode(body.tokens, skipSpecial: false)))
    }

    private func models() throws -> HTTPResponse {
        let model = ModelList.Model(
            id: modelName, created: started, root: root, parent: nil, maxModelLength: engine.maxModelLength)
        return try .json(ModelList(data: [model]))
    }

    private func metrics() -> HTTPResponse {
        HTTPResponse(
            statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: Data(engine.metrics.text(model: modelName, load: engine.workers.load).utf8))
    }

    /// `POST /sleep?level=0|1|2&mode=abort|wait`.
    private func sleep(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let level = Int(request.query["level"] ?? "1"), (0...2).contains(level) else {
            throw APIError.badRequest("level must be 0, 1 or 2", param: "level")
        }
        let mode = request.query["mode"] ?? "abort"
        guard ["abort", "wait"].contains(mode) else {
            throw APIError.badRequest("mode must be abort or wait", param: "mode")
        }
        try note(request)
        try faults.atSleep()
        await engine.sleep(abort: mode == "abort", keepWeights: level < 2)
        return try .json(SleepAnswer(status: "sleeping", level: level))
    }

    private struct SleepAnswer: Encodable {
        let status: String
        let level: Int
    }

    /// `POST /wake_up[?tags=weights&tags=kv_cache]`.
    private func wake(_ request: HTTPRequest) async throws -> HTTPResponse {
        let named = request.query.filter { $0.name == "tags" }.map(\.value)
        let tags = named.compactMap(Engine.SleepTag.init)
        guard tags.count == named.count else {
            throw APIError.badRequest("tags must be weights or kv_cache", param: "tags")
        }
        try note(request)
        if try faults.atWake() { engine.loseWeights() }
        engine.wake(Set(tags.isEmpty ? Engine.SleepTag.allCases : tags))
        return try .json(
            WakeAnswer(status: engine.isSleeping ? "sleeping" : "awake", tags: named.isEmpty ? nil : named))
    }

    private struct WakeAnswer: Encodable {
        let status: String
        @Nulled var tags: [String]?
    }

    /// `POST /collective_rpc`; the only supported method is `reload_weights`.
    private func call(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Call: Decodable { let method: String }
        let call: Call = try await decode(request)
        guard call.method == "reload_weights" else {
            throw APIError.badRequest("the only method is reload_weights", param: "method")
        }
        try note(request)
        engine.reloadWeights()
        return try .json(["results": [String?.none]])
    }

    /// `POST /reset_prefix_cache`; does nothing, since there is no such cache.
    private func resetPrefixCache(_ request: HTTPRequest) async throws -> HTTPResponse {
        try note(request)
        return HTTPResponse(statusCode: .ok)
    }

    // MARK: Helpers

    /// Logs a request that is not to the model.
    private func note(_ request: HTTPRequest) throws {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        try requestLog?.append(
            RequestLog.Line(
                path: request.path + (query.isEmpty ? "" : "?\(query)"), model: modelName, prompts: [[]],
                maxTokens: nil, seed: nil, temperature: nil, stop: nil))
    }

    private func decode<T: Decodable>(_ request: HTTPRequest) async throws -> T {
        try JSONDecoder().decode(T.self, from: try await request.bodyData)
    }

    private func checkModel(_ name: String?) throws {
        if let name, name != modelName { throw APIError.unknownModel(name, known: modelName) }
    }

    static func newID() -> String { UUID().uuidString.lowercased().replacing("-", with: "") }
    static func now() -> Int { Int(Date().timeIntervalSince1970) }
}

extension HTTPResponse {
    static func json(_ body: some Encodable, status: Int = 200) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(data: try encoder.encode(body), status: status)
    }

    static func json(data: Data, status: Int = 200) -> HTTPResponse {
        let phrases = [
            200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
            500: "Internal Server Error",
        ]
        return HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: phrases[status] ?? ""),
            headers: [.contentType: "application/json"],
            body: HTTPBodySequence(data: data, suggestedBufferSize: max(data.count, 1)))
    }
}

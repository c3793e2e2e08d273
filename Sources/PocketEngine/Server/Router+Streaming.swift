import FlyingFox

extension Router {
    /// Responds while the model writes.
    ///
    /// - Returns: the response as soon as the model takes the request on; its body follows.
    func stream(
        _ request: HTTPRequest, _ body: CompletionRequest, _ options: StreamOptions, _ prompts: [[Int]],
        _ line: RequestLog.Line
    ) async throws -> HTTPResponse {
        guard prompts.count == 1, body.choices == 1 else {
            throw APIError.badRequest(
                "stream is supported by the pocket engine for one prompt and one choice", param: "stream")
        }
        let cancellation = Cancellation()
        let (responses, promise) = AsyncThrowingStream.makeStream(of: HTTPResponse.self)
        // Outlives this call, as the body does.
        Task {
            do {
                // A fault's response, unless the stream has begun.
                promise.yield(
                    try await withModel(request, line, cancellation) { cancellation in
                        let events = CompletionEvents(
                            head(body, options, prompts[0], cancellation), gone: { abandon(cancellation) })
                        promise.yield(events.response)
                        promise.finish()
                        do {
                            let completion = try await engine.stream(
                                prompts[0], body.parameters, cancellation: cancellation, part: events.add)
                            events.end(.success(completion))
                        } catch {
                            events.end(.failure(error))
                        }
                        return HTTPResponse(statusCode: .ok)
                    })
                promise.finish()
            } catch {
                promise.finish(throwing: error)
            }
        }
        for try await response in responses { return response }
        throw APIError.internalError("The request was abandoned")
    }

    private func head(
        _ body: CompletionRequest, _ options: StreamOptions, _ prompt: [Int], _ cancellation: Cancellation
    ) -> CompletionEvents.Head {
        CompletionEvents.Head(
            id: "cmpl-\(Self.newID())", created: Self.now(), model: modelName, prompt: prompt,
            returnTokens: body.returnTokens, options: options,
            cut: cancellation.breaksOff ? max(1, (body.maxTokens ?? 0) / 2) : nil)
    }
}

import Foundation
import Support

extension EngineClient {
    /// `POST /v1/completions`, whose text and tokens are passed on as they arrive.
    ///
    /// - Parameters:
    ///   - stop: ends it from outside.
    ///   - receive: called for each part, in order, on the HTTP thread; must not block.
    /// - Returns: what ``complete(_:)`` returns; or what has arrived, with ``Completion/Finish/stopped``, if `receive` had
    ///   enough or `stop` was used before the end. The engine has then been made to drop the request.
    /// - Throws: as ``complete(_:)`` does. A stream that breaks off is repeated as often as the policy allows, and its parts
    ///   begin again.
    package func stream(
        _ request: CompletionRequest, stop: StreamStop = StreamStop(),
        _ receive: @escaping @Sendable (CompletionPart) -> CompletionPart.Progress
    ) async throws -> Completion {
        let path = CompletionStream.path
        let body = try JSONText.encode(CompletionQuestion(model: model, request, isStreamed: true))
        let post = self.request(.post, path, body: body, .work)
        let stream = CompletionStream(request, receive)
        // A task of its own, so that the stop ends pauses between attempts as well.
        let attempts = Task {
            try await fetch(path) { () throws(HTTPError) in
                stream.begin()
                do throws(HTTPError) {
                    return try await http.stream(post) { stream.take($0) }
                } catch  where error != .cancelled && stream.hasEnded {
                    // All of it had come when the connection broke.
                    return HTTPResponse(status: 200, body: Data(), rawHeaders: [])
                }
            } read: { _ in
                try stream.completion(url: post.url)
            }
        }
        stop.whenStopped { attempts.cancel() }
        let result = await withTaskCancellationHandler {
            await attempts.result
        } onCancel: {
            attempts.cancel()
        }
        do {
            return try result.get()
        } catch  where stop.isStopped && !Task.isCancelled && Self.isHarmless(error) {
            return try stream.soFar()
        }
    }

    /// Whether a stream that was to end anyway may have ended with this error.
    private static func isHarmless(_ error: any Error) -> Bool {
        error is CancellationError || (error as? EngineAnswerError)?.isTransient == true
    }
}

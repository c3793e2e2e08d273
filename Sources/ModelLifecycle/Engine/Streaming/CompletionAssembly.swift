import Foundation
import Support

/// The events of one streamed completion, added up.
struct CompletionAssembly {
    private static let end = Data("[DONE]".utf8)

    private var choice = CompletionChunk.Choice(text: "", token_ids: [])
    private var usage: CompletionAnswer.Usage?
    private var logprobs = CompletionAnswer.Logprobs(token_logprobs: [], top_logprobs: [])
    private var hasParts = false
    /// Whether the mark of the end has come.
    private(set) var isWhole = false
    /// The last event, for messages.
    private var last = Data()

    /// Bytes that are kept, roughly.
    var size: Int { choice.text.utf8.count + 8 * choice.token_ids.count }

    /// Adds events.
    ///
    /// - Returns: the text and tokens that they bring; nil if none.
    mutating func add(_ events: [Data], of request: CompletionRequest) throws(EngineAnswerError) -> CompletionPart? {
        var part = CompletionPart(isFirst: !hasParts, text: "", tokenIDs: [])
        for event in events {
            guard !isWhole else { throw malformed("an event after the end", event) }
            last = event
            if event == Self.end {
                isWhole = true
                continue
            }
            let chunk = try read(event)
            if let usage = chunk.usage { self.usage = usage }
            guard let more = chunk.choices.first else { continue }
            if let what = contradiction(chunk, to: request) { throw malformed(what, event) }
            part.text += more.text
            part.tokenIDs += more.token_ids
            add(more)
        }
        guard !part.text.isEmpty || !part.tokenIDs.isEmpty else { return nil }
        hasParts = true
        return part
    }

    private mutating func add(_ more: CompletionChunk.Choice) {
        choice.text += more.text
        choice.token_ids += more.token_ids
        choice.prompt_token_ids = choice.prompt_token_ids ?? more.prompt_token_ids
        choice.finish_reason = more.finish_reason
        choice.stop_reason = more.stop_reason
        // Some versions repeat those of all tokens in a chunk without any.
        if let more = more.logprobs, !choice.token_ids.isEmpty {
            logprobs.token_logprobs += more.token_logprobs
            logprobs.top_logprobs += more.top_logprobs
        }
    }

    private func read(_ event: Data) throws(EngineAnswerError) -> CompletionChunk {
        do {
            return try JSONText.decode(CompletionChunk.self, from: event)
        } catch {
            if let error = ErrorAnswer.error(inStream: event, endpoint: CompletionStream.path) { throw error }
            throw malformed((error as? DecodingError)?.sentence ?? "\(error)", event)
        }
    }

    /// How a chunk contradicts the request or those before it: what can be seen before the end.
    private func contradiction(_ chunk: CompletionChunk, to request: CompletionRequest) -> String? {
        guard let more = chunk.choices.first, chunk.choices.count == 1, (more.index ?? 0) == 0 else {
            return "\(chunk.choices.count) choices instead of one"
        }
        if choice.finish_reason != nil { return "more of a completion that has ended" }
        if let prompt = more.prompt_token_ids, prompt != request.promptTokens {
            return "the prompt has \(prompt.count) tokens, but \(request.promptTokens.count) were sent"
        }
        return request.contradiction(in: more.token_ids, after: choice.token_ids.count)
    }

    /// The completion, if all of it has come.
    func whole(of request: CompletionRequest) throws(EngineAnswerError) -> Completion? {
        guard isWhole else { return nil }
        guard let reason = choice.finish_reason else { throw malformed("no reason for its end", last) }
        guard let usage else { throw malformed("the field usage is missing", last) }
        let answer = CompletionAnswer(
            choices: [
                .init(
                    index: 0, text: choice.text, token_ids: choice.token_ids,
                    prompt_token_ids: choice.prompt_token_ids, finish_reason: reason, stop_reason: choice.stop_reason,
                    logprobs: request.logprobs.map { _ in logprobs })
            ], usage: usage)
        if let what = answer.contradiction(to: request) { throw malformed(what, last) }
        return answer.choices[0].completion(usage: usage, prompt: request.promptTokens)
    }

    /// The completion as far as it has come.
    func soFar(of request: CompletionRequest) -> Completion {
        Completion(
            text: choice.text, tokenIDs: choice.token_ids, finish: .stopped, promptTokens: request.promptTokens.count,
            completionTokens: choice.token_ids.count,
            logprobs: request.logprobs.map { _ in logprobs.token_logprobs.compactMap(\.self) },
            topLogprobs: request.logprobs.map { _ in logprobs.top_logprobs })
    }

    private func malformed(_ what: String, _ event: Data) -> EngineAnswerError {
        .malformed(endpoint: CompletionStream.path, what: what, excerpt: event.excerpt)
    }
}

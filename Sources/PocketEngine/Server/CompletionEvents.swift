import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// What a model writes for a stream, on its way from the worker to whoever sends the body.
final class CompletionEvents: AsyncBufferedSequence, Sendable {
    typealias Element = UInt8

    /// What has been written since it was last taken.
    struct News {
        var text = ""
        var tokens: [Int] = []
        var end: Result<Completion, any Error>?

        var isEmpty: Bool { text.isEmpty && tokens.isEmpty && end == nil }
    }

    private struct State {
        var news = News()
        var waiter: CheckedContinuation<Void, Never>?
    }

    let head: Head
    /// Called when nobody sends the body any more.
    let gone: @Sendable () -> Void
    private let state = Mutex(State())

    init(_ head: Head, gone: @escaping @Sendable () -> Void) {
        self.head = head
        self.gone = gone
    }

    func add(_ text: String, _ token: Int) {
        change {
            $0.text += text
            $0.tokens.append(token)
        }
    }

    func end(_ end: Result<Completion, any Error>) { change { $0.end = end } }

    private func change(_ body: (inout News) -> Void) {
        let waiter = state.withLock { state in
            body(&state.news)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for news, and takes them.
    func take() async -> News {
        await withCheckedContinuation { continuation in
            let hasNews = state.withLock { state in
                if state.news.isEmpty { state.waiter = continuation }
                return !state.news.isEmpty
            }
            if hasNews { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.news = News() }
            return state.news
        }
    }

    func makeAsyncIterator() -> CompletionEventIterator { CompletionEventIterator(self) }
}

extension CompletionEvents {
    /// What is the same in all events of a stream.
    struct Head: Sendable {
        let id: String
        let created: Int
        let model: String
        let prompt: [Int]
        let returnTokens: Bool
        let options: StreamOptions
        /// Number of tokens after which the connection breaks in the middle of an event; nil for no such fault.
        var cut: Int?
    }

    var response: HTTPResponse {
        HTTPResponse(
            statusCode: HTTPStatusCode(200, phrase: "OK"),
            headers: [.contentType: "text/event-stream; charset=utf-8"], body: HTTPBodySequence(from: self))
    }
}

/// Makes the bytes of events.
final class CompletionEventIterator: AsyncBufferedIteratorProtocol {
    private let events: CompletionEvents
    private var head: CompletionEvents.Head { events.head }
    private var written = 0
    /// Events to send before the model is asked again.
    private var ready: [Data] = []
    /// What follows them; nil while the model writes.
    private var end: Result<Void, any Error>?

    init(_ events: CompletionEvents) { self.events = events }

    /// FlyingFox drops it when it cannot send any more, too.
    deinit { events.gone() }

    func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

    func nextBuffer(suggested count: Int) async throws -> Data? {
        if ready.isEmpty {
            if let end {
                try end.get()
                return nil
            }
            try add(await events.take())
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private func add(_ news: CompletionEvents.News) throws {
        let isFirst = written == 0
        written += news.tokens.count
        switch news.end {
        case .failure(let error): throw error
        case .success(let completion):
            ready = [try event(news, completion, isFirst: isFirst)]
            if head.options.includeUsage { ready.append(try event([], usage)) }
            ready.append(CompletionEvent.done)
            end = .success(())
        case nil:
            ready = [try event(news, nil, isFirst: isFirst)]
        }
        if let cut = head.cut, written >= cut || end != nil {
            ready = [ready[0].prefix(ready[0].count / 2)]
            end = .failure(SocketError.disconnected)
        }
    }

    private var usage: Usage { Usage(prompt: head.prompt.count, completion: written) }

    private func event(_ news: CompletionEvents.News, _ completion: Completion?, isFirst: Bool) throws -> Data {
        let choice = CompletionEvent.Choice(
            text: news.text, finishReason: completion?.finish.rawValue, stopReason: completion?.stopReason,
            promptTokens: head.returnTokens && isFirst ? head.prompt : nil,
            tokens: head.returnTokens ? news.tokens : nil)
        let isCounted = head.options.includeUsage && head.options.continuousUsage
        return try event([choice], isCounted ? usage : nil)
    }

    private func event(_ choices: [CompletionEvent.Choice], _ usage: Usage?) throws -> Data {
        try CompletionEvent.data(
            CompletionEvent(id: head.id, created: head.created, model: head.model, choices: choices, usage: usage))
    }
}

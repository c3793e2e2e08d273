import Support

/// A request with a known response. It shows that an engine still holds its model and computes with it.
package struct Canary: Sendable {
    package enum Answer: Sendable, Hashable {
        /// Token ids of a greedy continuation.
        case tokens([Int])
        /// One row per token, one column per class.
        case scores([[Double]])

        /// Whether both can come from the same model: token ids are equal, and scores differ only by rounding.
        package func agrees(with other: Answer) -> Bool {
            switch (self, other) {
            case (.tokens(let mine), .tokens(let others)): mine == others
            case (.scores(let mine), .scores(let others)):
                mine.map(\.count) == others.map(\.count)
                    && zip(mine.joined(), others.joined()).allSatisfy { abs($0 - $1) <= Self.rounding }
            default: false
            }
        }

        /// Tolerance for half-precision scores from differently batched passes.
        private static let rounding = 0.01
    }

    package static let text = "1 2 3 4 5 6 7 8 9 10 11 12"

    private let task: EngineTask

    package init(task: EngineTask) {
        self.task = task
    }

    /// Sends the request.
    ///
    /// - Throws: `EngineAnswerError`, also if the engine serves another task.
    package func ask(_ client: EngineClient) async throws -> Answer {
        let client = client.forCanary
        return try await ask(client, about: client.tokenize(Self.text, addSpecialTokens: true).tokens)
    }

    private func ask(_ client: EngineClient, about tokens: [Int]) async throws -> Answer {
        switch task {
        case .generate:
            let request = CompletionRequest(promptTokens: tokens, maxTokens: 8, seed: 0)
            return .tokens(try await client.complete(request).tokenIDs)
        case .score:
            return .scores(try await client.pool(tokens))
        }
    }

    /// Sends the request twice: a healthy engine returns the same scores both times.
    ///
    /// - Throws: `EngineAnswerError`; ``CanaryError`` if the responses differ.
    package func checkRepeatability(of client: EngineClient) async throws {
        let client = client.forCanary
        let tokens = try await client.tokenize(Self.text, addSpecialTokens: true).tokens
        let (first, second) = (try await ask(client, about: tokens), try await ask(client, about: tokens))
        guard first.agrees(with: second) else {
            throw CanaryError(
                description:
                    "it gave different responses to the same request, so its responses cannot be trusted")
        }
    }
}

extension EngineClient {
    fileprivate var forCanary: EngineClient {
        var client = self
        client.deadline = min(client.deadline, .seconds(120))
        return client
    }
}

/// An engine gave a wrong response.
package struct CanaryError: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("canary", .engine, description, remedy: nil) }

    package init(description: String) { self.description = description }
}

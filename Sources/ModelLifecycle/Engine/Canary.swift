import Support

/// A question whose answer is known, by which an engine shows that it holds its model and computes with it.
package struct Canary: Sendable {
    package enum Answer: Sendable, Hashable {
        /// Token ids of a greedy continuation.
        case tokens([Int])
        /// A row for each token, with a column for each class.
        case scores([[Double]])

        /// Whether the same model can have given both: token ids are equal, and scores differ by no more than rounding.
        package func agrees(with other: Answer) -> Bool {
            switch (self, other) {
            case (.tokens(let mine), .tokens(let others)): mine == others
            case (.scores(let mine), .scores(let others)):
                mine.map(\.count) == others.map(\.count)
                    && zip(mine.joined(), others.joined()).allSatisfy { abs($0 - $1) <= Self.rounding }
            default: false
            }
        }

        /// Of scores in half precision whose passes were batched in different ways.
        private static let rounding = 0.01
    }

    package static let text = "1 2 3 4 5 6 7 8 9 10 11 12"

    private let task: EngineTask

    package init(task: EngineTask) {
        self.task = task
    }

    /// Puts the question.
    ///
    /// - Throws: `EngineAnswerError`, also where the engine serves another task than this.
    package func ask(_ client: EngineClient) async throws -> Answer {
        var client = client
        client.deadline = min(client.deadline, .seconds(120))
        let tokens = try await client.tokenize(Self.text, addSpecialTokens: true).tokens
        switch task {
        case .generate:
            let request = CompletionRequest(promptTokens: tokens, maxTokens: 8, seed: 0)
            return .tokens(try await client.complete(request).tokenIDs)
        case .score:
            return .scores(try await client.pool(tokens))
        }
    }

    /// Puts the question twice: a model that is served well gives the same scores each time.
    ///
    /// - Throws: `EngineAnswerError`; ``CanaryError`` where the answers differ.
    package func checkRepeatability(of client: EngineClient) async throws {
        let (first, second) = (try await ask(client), try await ask(client))
        guard first.agrees(with: second) else {
            throw CanaryError(
                description:
                    "asked the same twice, it gave different answers, so that none of its answers can be trusted")
        }
    }
}

/// An engine answered, and wrongly.
package struct CanaryError: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("canary", .engine, description, remedy: nil) }

    package init(description: String) { self.description = description }
}

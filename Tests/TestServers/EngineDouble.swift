import Foundation

/// Responds to requests for tokens, completions and scores in vLLM's formats; the test's functions supply the content.
///
/// A function that throws makes the response a refusal, status 400.
package struct EngineDouble: Sendable {
    package struct Unknown: Error {
        package init() {}
    }

    package struct Message: Decodable, Hashable, Sendable {
        package var role: String
        package var content: String

        package init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The body of a request to `/v1/completions`, as far as tests look at it.
    package struct CompletionRequest: Decodable, Sendable {
        package var prompt: [Int]
        package var maxTokens: Int
        package var stop: [String]?
        package var includesStop: Bool?
        package var seed: Int?
        package var temperature: Double?
        package var logprobs: Int?
        package var promptLogprobs: Int?

        private enum CodingKeys: String, CodingKey {
            case prompt, stop, seed, temperature, logprobs
            case promptLogprobs = "prompt_logprobs"
            case maxTokens = "max_tokens"
            case includesStop = "include_stop_str_in_output"
        }
    }

    package struct Completion: Sendable {
        package var text: String
        package var tokens: [Int]
        /// vLLM's `finish_reason`.
        package var finish: String
        /// vLLM's `stop_reason`: the stop string, or nothing at the end of the sequence.
        package var stop: String?
        /// vLLM's `stop_reason` where the model has several ends of the sequence, and this is not the first.
        package var stopToken: Int?
        /// The logarithms of the likeliest tokens' probabilities at each token, by name, and which of them was taken.
        package var likeliest: [(taken: String, all: [String: Double])]?
        /// The logarithms of the probabilities of the prompt's tokens but the first.
        package var promptLogprobs: [Double]?

        package init(
            text: String, tokens: [Int], finish: String = "stop", stop: String? = nil, stopToken: Int? = nil,
            topLogprobs: [String: Double]? = nil, likeliest: [(taken: String, all: [String: Double])]? = nil,
            promptLogprobs: [Double]? = nil
        ) {
            self.likeliest = likeliest ?? topLogprobs.map { [($0.max { $0.value < $1.value }?.key ?? "", $0)] }
            self.promptLogprobs = promptLogprobs
            self.text = text
            self.tokens = tokens
            self.finish = finish
            self.stop = stop
            self.stopToken = stopToken
        }
    }

    /// The ids of a text, with the tokenizer's own special tokens or without.
    package var ids: @Sendable (_ text: String, _ addSpecialTokens: Bool) throws -> [Int]
    /// The text of several tokens together.
    package var text: @Sendable ([Int]) throws -> String
    /// A token's name in the vocabulary.
    package var name: @Sendable (Int) -> String
    /// The ids of a conversation that ends where the answer begins.
    package var chat: @Sendable ([Message]) throws -> [Int]
    /// The ids of a conversation whose last message is open.
    package var begunChat: @Sendable ([Message]) throws -> [Int] = { _ in throw Unknown() }
    /// The ids of a conversation that ends with the last message's turn.
    package var endedChat: @Sendable ([Message]) throws -> [Int] = { _ in throw Unknown() }
    package var complete: @Sendable (CompletionRequest) throws -> Completion
    /// The response to `/pooling` for some ids.
    package var pool: @Sendable ([Int]) throws -> TestServer.Response

    package init(
        ids: @escaping @Sendable (_ text: String, _ addSpecialTokens: Bool) throws -> [Int],
        text: @escaping @Sendable ([Int]) throws -> String,
        name: @escaping @Sendable (Int) -> String = { "\($0)" },
        chat: @escaping @Sendable ([Message]) throws -> [Int] = { _ in throw Unknown() },
        complete: @escaping @Sendable (CompletionRequest) throws -> Completion = { _ in throw Unknown() },
        pool: @escaping @Sendable ([Int]) throws -> TestServer.Response = { _ in throw Unknown() }
    ) {
        self.ids = ids
        self.text = text
        self.name = name
        self.chat = chat
        self.complete = complete
        self.pool = pool
    }

    /// - Parameter piece: the text of a token by itself; that of several is theirs in sequence.
    package init(
        ids: @escaping @Sendable (_ text: String, _ addSpecialTokens: Bool) throws -> [Int],
        piece: @escaping @Sendable (Int) throws -> String
    ) {
        self.init(ids: ids, text: { try $0.map(piece).joined() })
    }
}

extension EngineDouble {
    @Sendable package func respond(to request: TestServer.Request) -> TestServer.Response {
        do {
            switch request.path {
            case "/tokenize": return try tokenize(request.body)
            case "/detokenize":
                struct Body: Decodable { var tokens: [Int] }
                return try .json(["prompt": text(Self.decode(Body.self, request.body).tokens)])
            case "/v1/completions":
                let asked = try Self.decode(CompletionRequest.self, request.body)
                return try .completion(complete(asked), after: asked.prompt)
            case "/pooling":
                struct Body: Decodable { var input: [Int] }
                return try pool(Self.decode(Body.self, request.body).input)
            default: return TestServer.Response(status: 404)
            }
        } catch {
            return .json(
                #"{"error":{"message":"refused: \#(error)"}}"#, status: 400)
        }
    }

    private func tokenize(_ body: Data) throws -> TestServer.Response {
        struct Body: Decodable {
            var prompt: String?
            var messages: [Message]?
            var add_special_tokens: Bool
            var add_generation_prompt: Bool?
            var continue_final_message: Bool?
        }
        struct Tokens: Encodable {
            var tokens: [Int]
            var token_strs: [String]
        }
        let asked = try Self.decode(Body.self, body)
        let ids: [Int]
        if let messages = asked.messages {
            // As with vLLM, the template writes the special tokens.
            guard !asked.add_special_tokens else { throw Unknown() }
            switch (asked.add_generation_prompt, asked.continue_final_message) {
            case (true, false): ids = try chat(messages)
            case (false, true): ids = try begunChat(messages)
            case (false, false): ids = try endedChat(messages)
            default: throw Unknown()
            }
        } else {
            ids = try self.ids(asked.prompt ?? "", asked.add_special_tokens)
        }
        return try .json(Tokens(tokens: ids, token_strs: ids.map(name)))
    }

    private static func decode<Body: Decodable>(_ type: Body.Type, _ body: Data) throws -> Body {
        try JSONDecoder().decode(type, from: body)
    }
}

extension TestServer.Response {
    /// vLLM's response to `/pooling`: a row for each token.
    package static func scores(_ rows: [[Double]]) throws -> Self { try .json(["data": [["data": rows]]]) }

    fileprivate static func completion(_ completion: EngineDouble.Completion, after prompt: [Int]) throws -> Self {
        let choice: [String: Any] = [
            "text": completion.text, "token_ids": completion.tokens, "finish_reason": completion.finish,
            "stop_reason": completion.stop as Any? ?? completion.stopToken as Any? ?? NSNull(),
            "logprobs": completion.likeliest.map { likeliest in
                [
                    "top_logprobs": likeliest.map(\.all),
                    "token_logprobs": likeliest.map { $0.all[$0.taken] as Any? ?? NSNull() },
                ]
            } as Any? ?? NSNull(),
            "prompt_logprobs": completion.promptLogprobs.map { logprobs in
                [NSNull()] + zip(prompt.dropFirst(), logprobs).map { ["\($0)": ["logprob": $1, "rank": 1]] }
            } as Any? ?? NSNull(),
        ]
        let usage = ["prompt_tokens": prompt.count, "completion_tokens": completion.tokens.count]
        return TestServer.Response(
            body: try JSONSerialization.data(withJSONObject: ["choices": [choice], "usage": usage]))
    }
}

@testable import Decoding
import FlyingFox
import Foundation
import ModelLifecycle
@testable import RunStore
@testable import Runner
import Testing

/// A server that answers `/tokenize` and `/detokenize` as a test's tokenizer does.
struct TokenServer: Sendable {
    struct Unknown: Error {}

    /// The ids of a text, with the tokenizer's own special tokens or without.
    var ids: @Sendable (_ text: String, _ addSpecialTokens: Bool) throws -> [Int]
    /// What a token stands for by itself.
    var piece: @Sendable (Int) throws -> String
    /// What several tokens stand for together; nil is one after the other.
    var text: (@Sendable ([Int]) throws -> String)?
    /// A token's name in the vocabulary.
    var name: @Sendable (Int) -> String = { "\($0)" }
    /// The ids of a conversation that ends where the answer begins.
    var chat: @Sendable ([ChatMessage]) throws -> [Int] = { _ in throw Unknown() }

    /// What is asked to be written on.
    struct Written: Decodable, Sendable {
        var prompt: [Int]
        var max_tokens: Int
        var stop: [String]
        var include_stop_str_in_output: Bool
        var seed: Int
    }

    /// What is written.
    struct Continuation: Sendable {
        var text: String
        var tokens: [Int]
        /// vLLM's `finish_reason`.
        var finish = "stop"
        /// vLLM's `stop_reason`: the stop string, or nothing at the end of the sequence.
        var stop: String?
        /// vLLM's `stop_reason` where the model has several ends of the sequence, and this is not the first.
        var stopToken: Int?
    }

    var complete: @Sendable (Written) throws -> Continuation = { _ in throw Unknown() }

    /// What a token classifier says of a token.
    var score: @Sendable (Int) throws -> Double = { _ in throw Unknown() }

    private struct Question: Decodable {
        var prompt: String?
        var messages: [ChatMessage]?
        var add_special_tokens: Bool
        var add_generation_prompt: Bool?
    }

    func withSession(contextLength: Int = 100, _ body: (ModelSession) async throws -> Void) async throws {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        await server.appendRoute("POST /tokenize") { request in
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            do {
                let ids: [Int]
                if let messages = question.messages {
                    // As vLLM has it: the template writes the special tokens.
                    #expect(question.add_generation_prompt == true && !question.add_special_tokens)
                    ids = try chat(messages)
                } else {
                    ids = try self.ids(question.prompt ?? "", question.add_special_tokens)
                }
                return HTTPResponse(
                    statusCode: .ok,
                    body: try JSONSerialization.data(withJSONObject: ["tokens": ids, "token_strs": ids.map(name)]))
            } catch {
                return HTTPResponse(statusCode: .badRequest, body: Data("not known: \(question)".utf8))
            }
        }
        await server.appendRoute("POST /detokenize") { request in
            struct Question: Decodable { var tokens: [Int] }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            let text = try text?(question.tokens) ?? question.tokens.map(piece).joined()
            return HTTPResponse(statusCode: .ok, body: try JSONEncoder().encode(["prompt": text]))
        }
        await server.appendRoute("POST /v1/completions") { request in
            let written = try JSONDecoder().decode(Written.self, from: await request.bodyData)
            let answer = try complete(written)
            let choice: [String: Any] = [
                "text": answer.text, "token_ids": answer.tokens, "finish_reason": answer.finish,
                "stop_reason": answer.stop as Any? ?? answer.stopToken as Any? ?? NSNull(),
            ]
            let usage = ["prompt_tokens": written.prompt.count, "completion_tokens": answer.tokens.count]
            return HTTPResponse(
                statusCode: .ok,
                body: try JSONSerialization.data(withJSONObject: ["choices": [choice], "usage": usage]))
        }
        await server.appendRoute("POST /pooling") { request in
            struct Question: Decodable { var input: [Int] }
            let ids = try JSONDecoder().decode(Question.self, from: await request.bodyData).input
            return HTTPResponse(
                statusCode: .ok, body: try JSONEncoder().encode(["data": [["data": try ids.map { [try score($0)] }]]]))
        }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port) = await server.listeningAddress else { throw Unknown() }
        let http = ModelLifecycle.HTTPClient()
        let client = EngineClient(
            endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(port)"), model: "draft", http: http, retry: .never)
        try await body(
            ModelSession(
                client: client, contextLength: contextLength, pieces: TokenPieces(),
                splitter: StepSplitter(delimiter: "\n\n")))
        await http.shutdown()
        await server.stop()
    }
}

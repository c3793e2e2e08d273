@testable import Decoding
import FlyingFox
import Foundation
import ModelLifecycle
@testable import RunStore
@testable import Runner
import Synchronization

/// A tokenizer of characters with a few special tokens, which reads a line break pair at the very end of a text as one token.
enum ToyTokenizer {
    private static let specials = ["<s>", "<extra_0>", "<|im_start|>", "<|im_end|>"]
    private static let pair = 0x20_0000
    private static let firstSpecial = 0x20_0001

    static func encode(_ text: String, addSpecialTokens: Bool) -> [Int] {
        var ids = addSpecialTokens ? [firstSpecial] : []
        var rest = Substring(text)
        while let scalar = rest.unicodeScalars.first {
            if let index = specials.firstIndex(where: rest.hasPrefix) {
                ids.append(firstSpecial + index)
                rest = rest.dropFirst(specials[index].count)
            } else if rest == "\n\n" {
                ids.append(pair)
                rest = ""
            } else {
                ids.append(Int(scalar.value))
                rest.unicodeScalars.removeFirst()
            }
        }
        return ids
    }

    static func decode(_ ids: some Sequence<Int>) -> String { ids.map { piece($0) ?? "\n\n" }.joined() }

    /// The ids as text in which the one token for two line breaks shows as `¶`.
    static func show(_ ids: some Sequence<Int>) -> String { ids.map { piece($0) ?? "¶" }.joined() }

    private static func piece(_ id: Int) -> String? {
        if id == pair { return nil }
        if id >= firstSpecial { return specials[id - firstSpecial] }
        return UnicodeScalar(id).map { String(Character($0)) }
    }

    static func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) -> String {
        messages.map { "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n" }.joined()
            + (addGenerationPrompt ? "<|im_start|>assistant\n" : "")
    }
}

/// A PRM behind vLLM's endpoints. What it says at a token is a hash of all tokens up to there.
final class ToyPRM: Sendable {
    /// Columns of a row: one number, or two that make 1.
    private let columns: Int
    private let contextLength: Int
    /// Puts something else in the place of the answer to `/pooling`.
    private let corrupt: @Sendable ([[Double]]) -> String?
    /// What it writes, and the probabilities of what it could have written.
    private let write: @Sendable (String) -> (String, [String: Double]?)
    private let asked = Mutex<[[Int]]>([])

    init(
        columns: Int = 1, contextLength: Int = 100_000,
        corrupt: @escaping @Sendable ([[Double]]) -> String? = { _ in nil },
        write: @escaping @Sendable (String) -> (String, [String: Double]?) = { _ in ("9", ["9": 0]) }
    ) {
        self.columns = columns
        self.contextLength = contextLength
        self.corrupt = corrupt
        self.write = write
    }

    /// What was read in each pass so far, shown by ``ToyTokenizer/show(_:)``.
    var passes: [String] { asked.withLock { $0.map { ToyTokenizer.show($0) } } }

    static func value(at tokens: some Sequence<Int>) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for token in tokens { hash = SplitMix64.mix(hash ^ UInt64(token)) }
        return Double(hash >> 11) * 0x1p-53
    }

    private func rows(_ ids: [Int]) -> [[Double]] {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        return ids.map { id in
            hash = SplitMix64.mix(hash ^ UInt64(id))
            let value = Double(hash >> 11) * 0x1p-53
            return columns == 1 ? [value] : [1 - value, value]
        }
    }

    @discardableResult
    func withSession<Value>(_ body: (ModelSession) async throws -> Value) async throws -> Value {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        await addRoutes(to: server)
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port) = await server.listeningAddress else { throw PermanentFailure(reason: "no port") }
        let http = ModelLifecycle.HTTPClient()
        let client = EngineClient(endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(port)"), model: "prm", http: http)
        let session = ModelSession(
            client: client, contextLength: contextLength, pieces: TokenPieces(),
            splitter: StepSplitter(delimiter: "\n\n"))
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(session)) } catch { outcome = .failure(error) }
        await http.shutdown()
        await server.stop()
        return try outcome.get()
    }

    private func addRoutes(to server: HTTPServer) async {
        await server.appendRoute("POST /tokenize") { request in
            struct Question: Decodable {
                var prompt: String?
                var messages: [ChatMessage]?
                var add_special_tokens: Bool
                var add_generation_prompt: Bool?
            }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            let text =
                question.messages.map {
                    ToyTokenizer.render($0, addGenerationPrompt: question.add_generation_prompt ?? false)
                } ?? question.prompt ?? ""
            let ids = ToyTokenizer.encode(text, addSpecialTokens: question.add_special_tokens)
            return try Self.json(["tokens": ids, "token_strs": ids.map(String.init)])
        }
        await server.appendRoute("POST /detokenize") { request in
            struct Question: Decodable { var tokens: [Int] }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            return try Self.json(["prompt": ToyTokenizer.decode(question.tokens)])
        }
        await server.appendRoute("POST /pooling") { [self] request in
            struct Question: Decodable { var input: [Int] }
            let ids = try JSONDecoder().decode(Question.self, from: await request.bodyData).input
            asked.withLock { $0.append(ids) }
            guard ids.count <= contextLength else { return FlyingFox.HTTPResponse(statusCode: .badRequest) }
            let rows = rows(ids)
            if let text = corrupt(rows) { return FlyingFox.HTTPResponse(statusCode: .ok, body: Data(text.utf8)) }
            return try Self.json(["data": [["data": rows]]])
        }
        await server.appendRoute("POST /v1/completions") { [self] request in
            struct Question: Decodable {
                var prompt: [Int]
                var max_tokens: Int
                var temperature: Double
            }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            asked.withLock { $0.append(question.prompt) }
            guard question.max_tokens == 1, question.temperature == 0, question.prompt.count < contextLength else {
                return FlyingFox.HTTPResponse(statusCode: .badRequest)
            }
            let (text, probabilities) = write(ToyTokenizer.decode(question.prompt))
            let ids = ToyTokenizer.encode(text, addSpecialTokens: false)
            let choice: [String: Any] = [
                "text": text, "token_ids": ids.count == 1 ? ids : [0x30], "finish_reason": "length",
                "logprobs": probabilities.map { ["top_logprobs": [$0]] } ?? NSNull(),
            ]
            return try Self.json([
                "choices": [choice],
                "usage": ["prompt_tokens": question.prompt.count, "completion_tokens": 1],
            ])
        }
    }

    private static func json(_ object: [String: Any]) throws -> FlyingFox.HTTPResponse {
        FlyingFox.HTTPResponse(statusCode: .ok, body: try JSONSerialization.data(withJSONObject: object))
    }
}

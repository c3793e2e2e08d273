import FlyingFox
import Foundation
import ModelLifecycle
import Testing

@testable import RSDJobs

/// A server whose tokenizer behaves as GPT-2's does at a delimiter: at the end of a text it is one token, before more
/// text it is two.
private struct SeamServer {
    /// Whether it also joins the delimiter to a letter that follows.
    var joinsLetters = false

    private static let double = 1, single = 2, joined = 3

    private func tokens(_ text: String) -> [Int] {
        var tokens: [Int] = []
        var rest = Substring(text)
        while let first = rest.first {
            if rest == "\n\n" {
                tokens.append(Self.double)
                rest = ""
            } else if joinsLetters, rest.hasPrefix("\n\n"), rest.count > 2 {
                tokens.append(Self.joined)
                rest = rest.dropFirst(3)
            } else {
                tokens.append(first == "\n" ? Self.single : Int(first.unicodeScalars.first?.value ?? 0))
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    func withSession(_ body: (ModelSession) async throws -> Void) async throws {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        await server.appendRoute("POST /tokenize") { request in
            struct Question: Decodable { var prompt: String }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            let ids = tokens(question.prompt)
            return HTTPResponse(
                statusCode: .ok,
                body: try JSONSerialization.data(withJSONObject: ["tokens": ids, "token_strs": ids.map(String.init)]))
        }
        await server.appendRoute("POST /detokenize") { request in
            struct Question: Decodable { var tokens: [Int] }
            let question = try JSONDecoder().decode(Question.self, from: await request.bodyData)
            let text = question.tokens.map { id in
                switch id {
                case Self.double: "\n\n"
                case Self.single: "\n"
                case Self.joined: "\n\nA"
                default: UnicodeScalar(id).map { String(Character($0)) } ?? "?"
                }
            }.joined()
            return HTTPResponse(statusCode: .ok, body: try JSONEncoder().encode(["prompt": text]))
        }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await server.waitUntilListening()
        guard case .ip4(_, let port) = await server.listeningAddress else { throw Unanswerable(reason: "no port") }
        let http = ModelLifecycle.HTTPClient()
        let client = EngineClient(
            endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(port)"), model: "draft", http: http)
        try await body(
            ModelSession(
                client: client, contextLength: 100, pieces: TokenPieces(), splitter: StepSplitter(delimiter: "\n\n")))
        await http.shutdown()
        await server.stop()
    }
}

@Suite struct ModelSessionTests {
    /// What a model has written so far, it is shown as it wrote it, and not as its tokenizer would read the bare text.
    @Test func aPromptThatEndsInTheDelimiterIsContinuedAsItWasWritten() async throws {
        try await SeamServer().withSession { session in
            let whole = try await session.promptTokens(of: "ab\n\ncd")
            let prefix = try await session.promptTokens(of: "ab\n\n")
            #expect(Array(whole.prefix(prefix.count)) == prefix)
            #expect(prefix == [97, 98, 2, 2])
            let bare = try await session.client.tokenize("ab\n\n", addSpecialTokens: true).tokens
            #expect(bare == [97, 98, 1])
        }
    }

    @Test func anyOtherPromptIsTakenAsItIs() async throws {
        try await SeamServer().withSession { session in
            let tokens = try await session.promptTokens(of: "ab\n")
            #expect(tokens == [97, 98, 2])
        }
    }

    @Test func aTokenizerThatCannotBeContinuedIsAnErrorAndNoGuess() async throws {
        try await SeamServer(joinsLetters: true).withSession { session in
            await #expect(throws: Unanswerable.self) { try await session.promptTokens(of: "ab\n\n") }
        }
    }

    @Test func piecesAreAskedForOnceAndKept() async throws {
        try await SeamServer().withSession { session in
            let pieces = try await session.pieces(of: [97, 1, 97, 2])
            #expect(pieces == ["a", "\n\n", "a", "\n"])
            let again = try await session.pieces(of: [1])
            #expect(again == ["\n\n"])
        }
    }
}

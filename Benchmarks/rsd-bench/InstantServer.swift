import FlyingFox
import Foundation

/// Poses as an engine and answers at once, so that what is measured is the runner and not a model.
///
/// Started by the runner itself, which takes the copy of this program named `rsd-pocket` for the pocket engine.
enum InstantServer {
    static func serve(_ arguments: [String]) async throws {
        func value(_ flag: String) -> String? {
            arguments.firstIndex(of: flag).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
        }
        let name = value("--served-model-name") ?? "draft"
        let port = UInt16(value("--port") ?? "") ?? 0
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port))
        await server.appendRoute("GET /health") { _ in HTTPResponse(statusCode: .ok) }
        await server.appendRoute("GET /v1/models") { _ in json(#"{"data":[{"id":"\#(name)","max_model_len":4096}]}"#) }
        await server.appendRoute("POST /tokenize") { _ in
            json(#"{"count":3,"max_model_len":4096,"tokens":[7,8,9],"token_strs":["a","b","A"]}"#)
        }
        await server.appendRoute("POST /detokenize") { request in
            struct Question: Decodable { var tokens: [Int] }
            let tokens = try JSONDecoder().decode(Question.self, from: try await request.bodyData).tokens
            return json(#"{"prompt":"\#(tokens.map { $0 == 9 ? "A" : $0 == 8 ? "b" : "a" }.joined())"}"#)
        }
        let text = String(repeating: "b", count: 399)
        // The last token ends the response, and the text does not have it.
        let ids = (Array(repeating: "8", count: 399) + ["7"]).joined(separator: ",")
        let completion =
            #"{"id":"c","object":"text_completion","created":0,"model":"m","choices":[{"index":0,"text":"\#(text)","#
            + #""logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":[\#(ids)]}],"#
            + #""usage":{"prompt_tokens":2,"completion_tokens":400,"total_tokens":402}}"#
        await server.appendRoute("POST /v1/completions") { _ in json(completion) }
        await server.appendRoute("GET /metrics") { _ in HTTPResponse(statusCode: .ok, body: Data()) }
        // The runner reaps its engine, whose CPU time would be taken for the runner's: it is left behind in a file.
        let termination = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        termination.setEventHandler {
            let used = cpu(in: here) + cpuSeconds(of: RUSAGE_SELF.rawValue)
            try? String(used).write(to: cpuFile(in: here), atomically: true, encoding: .utf8)
            exit(0)
        }
        termination.resume()
        try await server.run()
    }

    /// CPU seconds that servers started from a directory have used, those that have ended.
    static func cpu(in directory: URL) -> Double {
        (try? String(contentsOf: cpuFile(in: directory), encoding: .utf8)).flatMap(Double.init) ?? 0
    }

    private static var here: URL { URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent() }

    private static func cpuFile(in directory: URL) -> URL { directory.appending(path: "server-cpu.txt") }

    private static func json(_ text: String) -> HTTPResponse {
        HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: Data(text.utf8))
    }
}

import Foundation
import TestServers

@testable import ModelLifecycle

/// A server that is not vLLM, with the answers that its users see.
struct ServerCase: Sendable {
    var title: String
    /// Bodies by path; others have status 404.
    var answers: [String: String]
    var headers: [String: String] = [:]
    var missing = TestServer.Response.json(#"{"detail": "Not Found"}"#, status: 404)

    private static func models(_ owner: String) -> String {
        #"{"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "\#(owner)"}]}"#
    }

    static let all: [ServerCase] = [
        ServerCase(
            title: "llama.cpp", answers: ["/v1/models": models("llamacpp"), "/health": #"{"status": "ok"}"#],
            headers: ["Server": "llama.cpp"],
            missing: .json(
                #"{"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}"#, status: 404)),
        ServerCase(
            title: "llama.cpp behind a proxy",
            answers: ["/props": #"{"default_generation_settings": {}, "total_slots": 1}"#],
            headers: ["Server": "nginx"]),
        ServerCase(
            title: "SGLang", answers: ["/v1/models": models("sglang"), "/get_server_info": #"{"model_path": "m"}"#]),
        ServerCase(
            title: "Text Generation Inference",
            answers: [
                "/info":
                    #"{"model_id": "m", "router": "text-generation-router", "version": "3.0.0", "docker_label": null}"#,
                "/v1/models": models("m"),
            ]),
        ServerCase(
            title: "Ollama",
            answers: [
                "/": "Ollama is running", "/v1/models": models("library"), "/api/version": #"{"version": "0.5.1"}"#,
            ],
            missing: .init(status: 404, body: Data("404 page not found".utf8))),
        ServerCase(
            title: "LM Studio", answers: ["/v1/models": models("organization_owner")],
            missing: .json(#"{"error": "Unexpected endpoint or method. (GET /version)"}"#)),
        ServerCase(
            title: "TensorRT-LLM",
            answers: ["/version": #"{"version": "1.0.0"}"#, "/v1/models": models("tensorrt_llm")]),
        ServerCase(
            title: "LiteLLM", answers: ["/v1/models": models("openai")], headers: ["x-litellm-version": "1.80.0"]),
        ServerCase(
            title: "a web server", answers: ["/": "<!DOCTYPE html><html><body>It works!</body></html>"],
            headers: ["Content-Type": "text/html"], missing: .init(status: 404, body: Data("<html>404</html>".utf8))),
        ServerCase(
            title: "a page for every path", answers: [:],
            missing: .init(body: Data("\n<html><title>App</title></html>".utf8))),
        ServerCase(title: "an unknown server", answers: ["/v1/models": models("me")]),
        ServerCase(title: "a server that wants a password", answers: [:], missing: .init(status: 401)),
        ServerCase(
            title: "an old vLLM as a server",
            answers: ["/version": #"{"version": "0.8.5"}"#, "/v1/models": models("vllm")]),
        ServerCase(
            title: "vLLM itself", answers: ["/version": #"{"version": "0.32.0"}"#, "/v1/models": models("vllm")]),
        // As Ray Serve and other gateways to vLLM do.
        ServerCase(
            title: "vLLM under another owner",
            answers: ["/version": #"{"version": "0.32.0"}"#, "/v1/models": models("gateway")]),
    ]

    /// What the version of the server is said to be, without its port.
    func message() async throws -> String {
        let server = try await TestServer { [self] request in
            var response = answers[request.path].map { TestServer.Response(body: Data($0.utf8)) } ?? missing
            response.headers.merge(headers) { $1 }
            return response
        }
        let engine = AttachedEngine(
            AttachedServer(
                name: "draft", endpoint: HTTPEndpoint(base: server.base), model: "/m", served: nil, task: .generate),
            patience: .zero, retry: .never)
        do {
            let version = try await engine.version()
            return "vLLM \(version)"
        } catch let error as EngineError {
            return error.explanation.labelled.replacing(":\(server.port)", with: ":8000")
        }
    }
}

import Foundation

/// A server that is not vLLM, recognised by what it answers.
package enum ForeignServer: String, Sendable, CaseIterable {
    case llamaCpp = "llama.cpp"
    case sglang = "SGLang"
    case textGenerationInference = "Text Generation Inference"
    case ollama = "Ollama"
    case lmStudio = "LM Studio"
    case tensorRTLLM = "TensorRT-LLM"
    case liteLLM = "LiteLLM"
    case openAI = "the OpenAI API"
    case webServer = "a web server"

    /// What was asked of a server, and what it answered.
    struct Answer: Sendable {
        var path: String
        var status: Int
        var body: Data
        var header: @Sendable (String) -> String?

        var text: String { String(decoding: body.prefix(1 << 16), as: UTF8.self) }
        var json: [String: Any]? { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] }
    }

    /// Asked in this order until the server is recognised. None of them concerns a model.
    static let paths = ["/version", "/v1/models", "/", "/info", "/props", "/api/version", "/get_server_info"]

    /// - Returns: nil if the answer does not tell.
    init?(_ answer: Answer) {
        guard let known = Self.named(by: answer) ?? Self.owning(answer) ?? Self.shaped(answer) else {
            return nil
        }
        self = known
    }

    /// By a header, or words that only one kind of server says.
    private static func named(by answer: Answer) -> ForeignServer? {
        if answer.header("x-litellm-version") != nil { return .liteLLM }
        if answer.header("Server")?.hasPrefix("llama.cpp") == true { return .llamaCpp }
        if answer.header("openai-version") != nil { return .openAI }
        let text = answer.text
        if text.hasPrefix("Ollama is running") { return .ollama }
        if text.contains("Unexpected endpoint or method.") { return .lmStudio }
        if text.contains("LiteLLM") { return .liteLLM }
        return nil
    }

    /// By the owner of the models that it lists. vLLM's is `vllm`, and gateways give names of their own.
    private static func owning(_ answer: Answer) -> ForeignServer? {
        guard answer.path == "/v1/models", let models = answer.json?["data"] as? [[String: Any]] else { return nil }
        let owners = Set(models.compactMap { $0["owned_by"] as? String })
        let known: [String: ForeignServer] = [
            "llamacpp": .llamaCpp, "llama.cpp": .llamaCpp, "sglang": .sglang, "library": .ollama,
            "organization_owner": .lmStudio, "tensorrt_llm": .tensorRTLLM,
        ]
        return owners.count == 1 ? owners.first.flatMap { known[$0] } : nil
    }

    /// By the shape of what it says of itself.
    private static func shaped(_ answer: Answer) -> ForeignServer? {
        guard answer.status == 200 else { return nil }
        let type = answer.header("Content-Type") ?? ""
        let start = answer.text.prefix(200).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if type.hasPrefix("text/html") || start.hasPrefix("<!doctype html") || start.hasPrefix("<html") {
            return .webServer
        }
        guard let json = answer.json else { return nil }
        func has(_ keys: String...) -> Bool { keys.allSatisfy { json[$0] != nil } }
        return switch answer.path {
        case "/info" where has("model_id", "version") && (has("router") || has("docker_label")):
            .textGenerationInference
        case "/props" where has("default_generation_settings"): .llamaCpp
        case "/api/version" where has("version"): .ollama
        case "/get_server_info" where has("model_path"): .sglang
        default: nil
        }
    }

    /// What it does, for messages: `answers as llama.cpp does`.
    package var deed: String {
        self == .webServer ? "answers with a web page" : "answers as \(rawValue) does"
    }

    /// What to do about it.
    package func remedy(at address: String) -> String {
        switch self {
        case .liteLLM, .openAI: "Set `url` in the job to the address of the vLLM server itself."
        default: "Start `vllm serve` at \(address), or correct the `url` in the job."
        }
    }
}

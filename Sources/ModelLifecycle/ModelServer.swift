import Foundation
import Logging

/// A `vllm serve` process owned by this program: started, queried over HTTP, and stopped with all its descendants.
///
/// ```swift
/// let server = try ModelServer(model: "/models/Qwen2.5-1.5B", directory: URL(filePath: "server"))
/// try await server.start()
/// print(try await server.complete("Two and two is", maxTokens: 8))
/// try await server.stop()
/// ```
public actor ModelServer {
    private let engine: Engine
    private let ledger: EngineLedger

    /// - Parameters:
    ///   - model: a directory with a Hugging Face checkpoint.
    ///   - arguments: flags of `vllm serve` without their dashes, such as `max-model-len`; nil for a flag without a value.
    ///   - venv: vLLM's virtual environment; nil searches PATH and rsd-batch's cache.
    ///   - directory: for the log and a list of started processes. It must exist.
    public init(
        model: String, arguments: [String: String?] = [:], venv: String? = nil, directory: URL,
        logger: Logger = Logger(label: "rsd-batch.engine")
    ) throws {
        ledger = try EngineLedger(path: directory.appending(path: "engines.jsonl").path)
        engine = Engine(
            configuration: EngineConfiguration(
                name: "server", model: model,
                arguments: arguments.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
            dialect: VLLMDialect(installation: VLLMInstallation(venv: venv)), ledger: ledger,
            logDirectory: directory.appending(path: "logs").path, logger: logger)
    }

    /// Starts the server and returns when it responds. First ends processes that an earlier program left in the same
    /// directory.
    ///
    /// - Throws: an error with the reason from vLLM's log.
    public func start() async throws {
        _ = try await ledger.sweepLeftovers()
        try await engine.start()
    }

    /// Returns the model's continuation of a prompt.
    ///
    /// - Parameters:
    ///   - maxTokens: limit on the generated tokens.
    ///   - temperature: 0 always takes the likeliest token.
    public func complete(_ prompt: String, maxTokens: Int, temperature: Double = 0, seed: Int = 0) async throws
        -> String
    {
        let client = try await engine.client
        let tokens = try await client.tokenize(prompt, addSpecialTokens: true).tokens
        return try await client.complete(
            CompletionRequest(promptTokens: tokens, maxTokens: maxTokens, temperature: temperature, seed: seed)
        ).text
    }

    /// Stops the server: SIGTERM, then SIGKILL after ten seconds. Returns when nothing of it is left.
    public func stop() async throws {
        try await engine.stop()
    }
}

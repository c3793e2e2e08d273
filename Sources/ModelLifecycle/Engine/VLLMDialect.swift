import Foundation

/// vLLM's own server, `vllm serve`.
public struct VLLMDialect: EngineDialect {
    public let kind = "vllm"
    private let python: String

    /// - Parameter python: the interpreter of an environment that has vLLM.
    public init(python: String = "python3") { self.python = python }

    public func launch(_ configuration: EngineConfiguration, port: Int) throws -> LaunchPlan {
        LaunchPlan(
            executable: python,
            arguments: [
                "-m", "vllm.entrypoints.cli.main", "serve", configuration.model, "--host", "127.0.0.1", "--port",
                "\(port)", "--served-model-name", configuration.name,
            ]
                + configuration.arguments.flatMap(\.words),
            port: port)
    }

    public func explain(exit: ExitStatus, logTail: String) -> StartFailure? {
        logTail.contains("Address already in use") ? .portTaken : nil
    }

    public func version() async throws -> String {
        "vllm"
    }
}

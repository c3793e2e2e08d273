import Foundation

/// Forks vLLM with `fork_server.py`, run by the Python of vLLM's environment.
extension VLLMDialect {
    package func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan? {
        let version = try await installation.versionToStart()
        let command = try await installation.command(for: "vllm")
        guard let python = command.python else { return nil }
        // Like `vllm` itself, and unlike `python -m`, it imports nothing from the working directory.
        let ownPath = command.arguments.isEmpty ? PythonScript.ownPath : ""
        let script = ownPath + String(decoding: PackageResources.fork_server_py, as: UTF8.self)
        let given = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return ForkServerPlan(
            executable: python, arguments: ["-c", script] + models,
            environment: Self.earlyEnvironment(given, version, isParallel: false, processors: processors)
                .merging(environment) { $1 },
            trust: version.trustInForks(isWanted: isWanted), build: "vllm \(version) in \(python)")
    }
}

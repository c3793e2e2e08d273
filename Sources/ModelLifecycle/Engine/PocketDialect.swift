import Foundation
import Support

/// The pocket engine, the small CPU engine included with rsd-batch.
package struct PocketDialect: EngineDialect {
    package let kind = "pocket"
    private let fixed: String?

    /// - Parameter executable: path of `rsd-pocket`; nil to look next to this program, then in the environment variable RSD_POCKET,
    ///   then on PATH.
    package init(executable: String? = nil) { fixed = executable }

    package func launch(_ configuration: EngineConfiguration, port: Int) throws -> LaunchPlan {
        let arguments =
            ["serve", configuration.model, "--port", "\(port)", "--served-model-name", configuration.name]
            + (configuration.contextLength.map { ["--max-model-len", "\($0)"] } ?? [])
            + configuration.arguments.flatMap(\.words)
        return LaunchPlan(
            executable: try executable(for: configuration.name), arguments: arguments, port: port,
            warm: WarmLaunch(arguments: arguments, early: configuration.environment, late: [:]))
    }

    /// For tests of warm starts.
    package func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan? {
        ForkServerPlan(
            executable: try executable(for: "fork-server"), arguments: ["fork-server"], environment: environment,
            trust: .proven, build: try await version())
    }

    /// For tests of starts ahead of time; the pocket engine has little to do before it loads its model.
    package func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan? {
        let room = try EngineRoomFolder.make()
        var plan = plan
        plan.arguments += ["--gate", room.gate]
        plan.temporaries.append(room.path)
        plan.gate = room.gate
        return plan
    }

    package func explain(exit: ExitStatus, logTail: String) -> StartFailure? {
        let words = logTail.lowercased()
        if words.contains("address already in use") || words.contains("eaddrinuse") { return .portTaken }
        return nil
    }

    package func flags(
        environment: [String: String], willAsk: @Sendable (String) -> Void
    ) async throws -> EngineFlags? { .pocket }

    package func version() async throws -> String {
        let path = try executable(for: kind)
        let output = try await CommandOutput.run(path, ["--version"])
        guard output.status == .exited(code: 0) else {
            let end = output.status.map { "\($0)" } ?? "a timeout after a minute"
            throw EngineError(
                .cannotLaunch, engine: kind, "\(path) --version ended with \(end): \(output.text)")
        }
        return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) -> EngineCapacity {
        Self.capacity(arguments)
    }

    /// As many concurrent sequences as threads: `threads`, or one per core.
    static func capacity(_ arguments: [EngineConfiguration.Argument]) -> EngineCapacity {
        let threads = arguments.last { $0.name == "threads" }?.value.flatMap { Int($0) }
        return EngineCapacity(sequences: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    private func executable(for engine: String) throws -> String {
        if let fixed { return fixed }
        let manager = FileManager.default
        let environment = ProcessInfo.processInfo.environment
        var candidates: [String] = []
        if let own = Program.path {
            candidates.append((own as NSString).deletingLastPathComponent + "/rsd-pocket")
        }
        if let named = environment["RSD_POCKET"], !named.isEmpty { candidates.append(named) }
        if let onPath = SearchPath(environment).program("rsd-pocket") { candidates.append(onPath) }
        if let found = candidates.first(where: SearchPath.isProgram) {
            return found.hasPrefix("/") ? found : manager.currentDirectoryPath + "/" + found
        }
        throw EngineError(
            .cannotLaunch, engine: engine,
            "cannot find rsd-pocket, the pocket engine",
            remedy: "Put it next to rsd-batch or on PATH, or set the environment variable RSD_POCKET to its path.")
    }
}

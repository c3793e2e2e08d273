import Foundation

/// The small CPU engine that comes with this program.
package struct PocketDialect: EngineDialect {
    package let kind = "pocket"
    private let fixed: String?

    /// - Parameter executable: the program to use; nil looks for `rsd-pocket` beside this program, then in the
    ///   environment variable RSD_POCKET, then on PATH.
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

    /// For those who test what comes of one.
    package func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan? {
        ForkServerPlan(
            executable: try executable(for: "fork-server"), arguments: ["fork-server"], environment: environment,
            trust: .proven, build: try await version())
    }

    /// For those who test what comes of one: there is little that it could do before it loads its model.
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

    package func version() async throws -> String {
        let path = try executable(for: kind)
        let output = try await CommandOutput.run(path, ["--version"])
        guard output.status == .exited(code: 0) else {
            let end = output.status.map { "\($0)" } ?? "no end within a minute"
            throw EngineError(
                .cannotLaunch, engine: kind, "\(path) --version ended with \(end): \(output.text)")
        }
        return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) -> EngineCapacity {
        Self.capacity(arguments)
    }

    /// It computes as many sequences at once as it has threads: one for each core, unless `threads` says otherwise.
    static func capacity(_ arguments: [EngineConfiguration.Argument]) -> EngineCapacity {
        let threads = arguments.last { $0.name == "threads" }?.value.flatMap { Int($0) }
        return EngineCapacity(sequences: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    private func executable(for engine: String) throws -> String {
        if let fixed { return fixed }
        let manager = FileManager.default
        let environment = ProcessInfo.processInfo.environment
        var candidates: [String] = []
        if let own = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            candidates.append((own as NSString).deletingLastPathComponent + "/rsd-pocket")
        }
        if let named = environment["RSD_POCKET"], !named.isEmpty { candidates.append(named) }
        if let onPath = SearchPath(environment).program("rsd-pocket") { candidates.append(onPath) }
        if let found = candidates.first(where: SearchPath.isProgram) {
            return found.hasPrefix("/") ? found : manager.currentDirectoryPath + "/" + found
        }
        throw EngineError(
            .cannotLaunch, engine: engine,
            "the pocket engine was not found: put rsd-pocket beside this program, on PATH, "
                + "or name it in the environment variable RSD_POCKET")
    }
}

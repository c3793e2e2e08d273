import Foundation

/// vLLM's own server, `vllm serve`: the GPU build and the CPU build alike.
public struct VLLMDialect: EngineDialect {
    public let kind = "vllm"
    private let installation: VLLMInstallation

    public init(installation: VLLMInstallation) {
        self.installation = installation
    }

    public func launch(_ configuration: EngineConfiguration, port: Int) async throws -> LaunchPlan {
        let command = try await installation.command(for: configuration.name)
        let version = try await installation.versionToStart()
        let flags = try VLLMFlags(configuration, for: version)
        let room = try EngineRoomFolder.make()
        do {
            let given = ProcessInfo.processInfo.environment.merging(configuration.environment) { $1 }
            var environment = Self.defaults
            environment["VLLM_CPU_OMP_THREADS_BIND"] = Self.threadBinding(version, isParallel: flags.isParallel)
            environment["VLLM_CPU_KVCACHE_SPACE"] = flags.cacheSpace.map(String.init)
            environment = environment.filter { given[$0.key] == nil }
            environment["TMPDIR"] = room.path
            if case .score(let setup) = configuration.task, let plugin = setup.plugin {
                try room.write(plugin)
                environment["PYTHONPATH"] = ([room.plugins] + [given["PYTHONPATH"] ?? ""]).filter { !$0.isEmpty }
                    .joined(separator: ":")
                // Where the user has a list of the plugins to load, ours must be on it.
                if let list = given["VLLM_PLUGINS"], !list.isEmpty {
                    environment["VLLM_PLUGINS"] = list + "," + plugin.name
                }
            }
            if configuration.sleeps { environment["VLLM_SERVER_DEV_MODE"] = "1" }
            if flags.needsLongContextPermit { environment["VLLM_ALLOW_LONG_MAX_MODEL_LEN"] = "1" }
            return LaunchPlan(
                executable: command.executable,
                arguments: command.arguments + ["serve", configuration.model]
                    + ["--host", "127.0.0.1", "--port", "\(port)", "--served-model-name", configuration.name]
                    + flags.words,
                environment: environment, port: port, temporaries: [room.path])
        } catch {
            room.remove()
            throw error
        }
    }

    public func explain(exit: ExitStatus, logTail: String) -> StartFailure? {
        VLLMLog(logTail).failure
    }

    public func tellingLines(of logTail: String) -> [String] {
        VLLMLog(logTail).tellingLines
    }

    public func version() async throws -> String {
        "vllm \(try await installation.version())"
    }

    public func caution() async throws -> String? {
        try await installation.version().caution
    }

    /// How the CPU build binds its threads. Left to itself, it binds every engine to the same cores.
    private static func threadBinding(_ version: VLLMVersion, isParallel: Bool) -> String? {
        if version.knowsNobind { return "nobind" }
        // Of several processes each would want a list of its own.
        return isParallel ? nil : ProcFS.allowedCPUs
    }

    /// What every vLLM process gets unless the job or the user has set it.
    private static let defaults = [
        // Models are local folders: nothing is to be looked up, and nothing to be told.
        "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1",
        // In TMPDIR, which is new each time, every start would compile again.
        "TORCHINDUCTOR_CACHE_DIR": CacheFolder.path + "/inductor",
        // The order in which GPU memory was measured.
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    ]
}

/// Where this program and its scripts keep what may be deleted at any time.
enum CacheFolder {
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/rsd-batch" }
        return NSHomeDirectory() + "/.cache/rsd-batch"
    }
}

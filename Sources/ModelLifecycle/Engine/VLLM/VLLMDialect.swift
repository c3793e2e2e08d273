import Foundation

/// vLLM's server, `vllm serve`, in its GPU and CPU builds.
package struct VLLMDialect: EngineDialect {
    package let kind = "vllm"
    let installation: VLLMInstallation

    package init(installation: VLLMInstallation) {
        self.installation = installation
    }

    package func launch(_ configuration: EngineConfiguration, port: Int) async throws -> LaunchPlan {
        let command = try await installation.command(for: configuration.name)
        let version = try await installation.versionToStart()
        let flags = try VLLMFlags(configuration, for: version)
        let room = try EngineRoomFolder.make()
        do {
            let given = ProcessInfo.processInfo.environment.merging(configuration.environment) { $1 }
            let early = Self.earlyEnvironment(
                given, version, isParallel: flags.isParallel, processors: configuration.processors)
            var late = ["TMPDIR": room.path]
            var path: [String] = []
            if let space = flags.cacheSpace, given["VLLM_CPU_KVCACHE_SPACE"] == nil {
                late["VLLM_CPU_KVCACHE_SPACE"] = "\(space)"
            }
            let threadsAreBound = given[Self.binding, default: "nobind"] != "nobind"
            let inOne = flags.isParallel || flags.namesExecutor || threadsAreBound ? .none : version.oneProcess
            late.merge(inOne.environment.filter { given[$0.key] == nil }) { $1 }
            if case .score(let setup) = configuration.task, let plugin = setup.plugin {
                try room.write(plugin)
                path = [room.plugins]
                late.merge(room.environment(for: plugin, beside: given)) { $1 }
            }
            if configuration.sleeps { late["VLLM_SERVER_DEV_MODE"] = "1" }
            if flags.needsLongContextPermit { late["VLLM_ALLOW_LONG_MAX_MODEL_LEN"] = "1" }
            let arguments =
                ["serve", configuration.model, "--host", "127.0.0.1", "--port", "\(port)"]
                + ["--served-model-name", configuration.name] + inOne.words + flags.words
            return LaunchPlan(
                executable: command.executable, arguments: command.arguments + arguments,
                environment: early.merging(late) { $1 }, port: port, temporaries: [room.path],
                warm: WarmLaunch(
                    arguments: arguments, early: early.merging(configuration.environment) { $1 }, late: late, path: path
                ))
        } catch {
            room.remove()
            throw error
        }
    }

    package func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan? {
        guard let folder = plan.environment["TMPDIR"] else { return nil }
        let room = EngineRoomFolder(path: folder)
        try room.write(.gate)
        let given = ProcessInfo.processInfo.environment.merging(configuration.environment) { $1 }
            .merging(plan.environment) { $1 }
        var plan = plan
        plan.environment.merge(room.environment(for: .gate, beside: given)) { $1 }
        plan.environment["RSD_BATCH_GATE"] = room.gate
        plan.gate = room.gate
        return plan
    }

    package func explain(exit: ExitStatus, logTail: String) -> StartFailure? {
        VLLMLog(logTail).failure
    }

    package func tellingLines(of logTail: String) -> [String] {
        VLLMLog(logTail).tellingLines
    }

    package func startMark(in line: Substring) -> StartMark? {
        StartMark(vllm: line)
    }

    package func version() async throws -> String {
        "vllm \(try await installation.version())"
    }

    package func usesGPU() async throws -> Bool {
        try await !installation.version().isCPUBuild
    }

    package func flags(
        environment: [String: String], willAsk: @Sendable (String) -> Void
    ) async throws -> EngineFlags? {
        let command = try await installation.command(for: kind)
        guard let python = command.python, let facts = try await installation.facts(), facts.vllm != nil else {
            return nil
        }
        return try await VLLMFlagTable(python: python, facts: facts, environment: environment).flags(willAsk: willAsk)
    }

    package func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) async -> EngineCapacity {
        let version = try? await installation.version()
        return (version ?? .newest).capacity(arguments, on: device)
    }

    /// Environment variables that every engine of a job needs before any import, since vLLM reads some of them only once.
    ///
    /// - Parameter given: variables that are already set, and take precedence.
    static func earlyEnvironment(
        _ given: [String: String], _ version: VLLMVersion, isParallel: Bool, processors: ProcessorShare
    ) -> [String: String] {
        var environment = defaults.merging(self.environment(for: processors, version)) { $1 }
        environment[binding] = threadBinding(version, isParallel: isParallel)
        return environment.filter { given[$0.key] == nil }
    }

    package func environment(for share: ProcessorShare) async throws -> [String: String] {
        Self.environment(for: share, try await installation.versionToStart())
    }

    /// Keeps OpenMP's threads from spinning for milliseconds after each task on processors that other engines need.
    private static func environment(for share: ProcessorShare, _ version: VLLMVersion) -> [String: String] {
        var environment: [String: String] = [:]
        if share.isShared { environment["OMP_WAIT_POLICY"] = "passive" }
        // With a GPU, vLLM itself chooses a small number.
        if version.isCPUBuild { environment["OMP_NUM_THREADS"] = share.threads.map(String.init) }
        return environment
    }

    private static let binding = "VLLM_CPU_OMP_THREADS_BIND"

    /// How the CPU build binds its threads. By default it binds every engine to the same cores.
    private static func threadBinding(_ version: VLLMVersion, isParallel: Bool) -> String? {
        if version.knowsNobind { return "nobind" }
        // Several processes would need one list each.
        return isParallel ? nil : ProcFS.allowedCPUs
    }

    /// Environment variables of every vLLM process, unless the job or the user sets them.
    private static let defaults = [
        // Models are local directories: nothing is to be downloaded, and no usage reported.
        "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1",
        // By default in TMPDIR, which is new for each start, so that every start would compile again.
        "TORCHINDUCTOR_CACHE_DIR": CacheFolder.path + "/inductor",
        // Numbers GPUs in the order in which their memory is measured.
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    ]
}

/// The cache directory of rsd-batch and its scripts; its contents may be deleted at any time.
package enum CacheFolder {
    package static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/rsd-batch" }
        return NSHomeDirectory() + "/.cache/rsd-batch"
    }
}

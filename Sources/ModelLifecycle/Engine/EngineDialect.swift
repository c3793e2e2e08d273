import Foundation

/// How to start one kind of engine and interpret its log. All kinds speak vLLM's HTTP API.
package protocol EngineDialect: Sendable {
    /// Its name in job specs: `vllm`, `pocket`.
    var kind: String { get }

    /// The plan of one start.
    ///
    /// - Parameters:
    ///   - configuration: the engine to start.
    ///   - port: a port of 127.0.0.1 that was free when checked.
    /// - Returns: the command line, and where the engine will listen.
    /// - Throws: ``EngineError`` with ``EngineError/Code/cannotLaunch``, for example if the engine is not installed.
    func launch(_ configuration: EngineConfiguration, port: Int) async throws -> LaunchPlan

    /// The cause of a failed start; nil if the log shows no known one.
    ///
    /// - Parameter logTail: the end of the log, long enough for a traceback.
    func explain(exit: ExitStatus, logTail: String) -> StartFailure?

    /// The lines of the log that are most useful to users.
    func tellingLines(of logTail: String) -> [String]

    /// The progress that a line of a starting engine's log shows; nil for most lines.
    ///
    /// - Parameter line: without terminal controls.
    func startMark(in line: Substring) -> StartMark?

    /// The engine's version, for the manifest.
    func version() async throws -> String

    /// Whether the installed build runs on GPUs.
    func usesGPU() async throws -> Bool

    /// How to start a process that forks engines of this kind; nil if there is none.
    ///
    /// - Parameters:
    ///   - models: the directories of the engines' models.
    ///   - environment: added to this program's environment, see ``EngineConfiguration/environment``.
    ///   - processors: the share of each engine.
    ///   - isWanted: whether the user asks for it, even if untested.
    func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan?

    /// The flags of its command line.
    ///
    /// - Parameters:
    ///   - environment: the whole environment of the engines.
    ///   - willAsk: called with the engine's name before a query that takes seconds.
    /// - Returns: nil if the installation does not list them.
    /// - Throws: ``EngineError``, for example if the engine is not installed.
    func flags(environment: [String: String], willAsk: @Sendable (String) -> Void) async throws -> EngineFlags?

    /// The number of requests that an engine with these flags runs concurrently.
    ///
    /// - Parameter device: the first of its GPUs; nil if there is none or it is unknown.
    func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) async -> EngineCapacity

    /// The same start, held at a gate before it uses the device; nil if this kind of engine cannot be held.
    ///
    /// - Parameters:
    ///   - plan: from ``launch(_:port:)``.
    ///   - configuration: the engine of the plan.
    /// - Returns: a plan with a ``LaunchPlan/gate``.
    func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan?

    /// What is installed, and whether it works on this machine.
    ///
    /// - Parameter environment: the whole environment of the engines.
    /// - Throws: ``EngineError`` if the engine is not installed.
    func findings(environment: [String: String]) async throws -> [MachineFinding]

    /// Whether the installation has what a plugin builds on.
    ///
    /// - Throws: ``EngineError`` if the engine is not installed.
    func findings(of plugin: EnginePlugin) async throws -> [MachineFinding]

    /// Environment variables that limit the engine's processes to their share of the processors. Variables that the job or the user
    /// sets take precedence.
    func environment(for share: ProcessorShare) async throws -> [String: String]
}

extension EngineDialect {
    package func flags(
        environment: [String: String], willAsk: @Sendable (String) -> Void
    ) async throws -> EngineFlags? { nil }

    package func usesGPU() async throws -> Bool { false }

    package func findings(environment: [String: String]) async throws -> [MachineFinding] { [] }

    package func findings(of plugin: EnginePlugin) async throws -> [MachineFinding] { [] }

    package func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan? { nil }

    package func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan? { nil }

    package func environment(for share: ProcessorShare) async throws -> [String: String] { [:] }

    package func startMark(in line: Substring) -> StartMark? { nil }

    package func tellingLines(of logTail: String) -> [String] {
        logTail.split(whereSeparator: \.isNewline).suffix(20).map(String.init)
    }
}

/// Everything needed to start an engine.
package struct LaunchPlan: Sendable, Hashable {
    /// Absolute path.
    package var executable: String
    package var arguments: [String]
    /// Added to this program's environment and the configuration's.
    package var environment: [String: String]
    /// The port that the engine will listen on, mostly the proposed one.
    package var port: Int
    package var host: String
    /// Files and directories to remove after the engine has ended.
    package var temporaries: [String]
    /// The file of the gate at which it waits; nil without a gate.
    package var gate: String?
    /// How to fork it; nil if it cannot be forked.
    package var warm: WarmLaunch?

    package init(
        executable: String, arguments: [String], environment: [String: String] = [:], port: Int,
        host: String = "127.0.0.1", temporaries: [String] = [], warm: WarmLaunch? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.port = port
        self.host = host
        self.temporaries = temporaries
        self.warm = warm
    }

    func removeTemporaries() {
        for path in temporaries { try? FileManager.default.removeItem(atPath: path) }
    }
}

/// Why an engine failed to start.
package enum StartFailure: Sendable, Hashable {
    /// Another process took the port after it was checked; worth a retry.
    case portTaken
    /// Not enough memory at that time; worth a retry once others have freed theirs.
    case noMemory(String, remedy: String? = nil)
    /// A known cause, and its remedy.
    case because(String, remedy: String? = nil)
    /// The engine's error message.
    case said(String)
}

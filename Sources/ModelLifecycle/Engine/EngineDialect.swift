import Foundation

/// How one kind of engine is started, and what its last words mean. All kinds speak vLLM's HTTP API.
///
/// A new kind of engine is a new type with this protocol, and nothing else.
package protocol EngineDialect: Sendable {
    /// As the job spec says it: `vllm`, `pocket`.
    var kind: String { get }

    /// The command line for one start.
    ///
    /// - Parameters:
    ///   - configuration: the engine to start.
    ///   - port: a port of 127.0.0.1 that was free a moment ago.
    /// - Returns: what to run, and where it will listen.
    /// - Throws: ``EngineError`` with ``EngineError/Code/cannotLaunch`` when the engine is not installed or the like.
    func launch(_ configuration: EngineConfiguration, port: Int) async throws -> LaunchPlan

    /// What a process that ended before it was ready died of; nil when its words mean nothing to this dialect.
    ///
    /// - Parameter logTail: the end of its log, long enough to hold a traceback.
    func explain(exit: ExitStatus, logTail: String) -> StartFailure?

    /// Those lines of the log that tell a person most.
    func tellingLines(of logTail: String) -> [String]

    /// What a line of a starting engine's log tells of how far it is; nil for most lines.
    ///
    /// - Parameter line: without terminal controls.
    func startMark(in line: Substring) -> StartMark?

    /// The engine's own version, for the manifest.
    func version() async throws -> String

    /// Whether the installed build runs on GPUs.
    func usesGPU() async throws -> Bool

    /// How a process is started that forks engines of this kind; nil where there is none.
    ///
    /// - Parameters:
    ///   - models: the folders of the models that engines will have.
    ///   - environment: what engines get on top of this program's own, see ``EngineConfiguration/environment``.
    ///   - processors: the part that each engine will have.
    ///   - isWanted: whether the user asks for it, also where nobody has tried it.
    func forkServer(
        models: [String], environment: [String: String], processors: ProcessorShare, isWanted: Bool
    ) async throws -> ForkServerPlan?

    /// How many requests an engine with these flags takes on at once.
    ///
    /// - Parameter device: the first of its GPUs; nil where there is none, or nothing is known of it.
    func capacity(_ arguments: [EngineConfiguration.Argument], on device: GPUDevice?) async -> EngineCapacity

    /// The same start, held at a gate before it touches the device; nil where this kind of engine cannot be held.
    ///
    /// - Parameters:
    ///   - plan: of ``launch(_:port:)``.
    ///   - configuration: the engine that it is of.
    /// - Returns: a plan with a ``LaunchPlan/gate``.
    func held(_ plan: LaunchPlan, _ configuration: EngineConfiguration) throws -> LaunchPlan?

    /// A sentence for whoever uses this version of the engine; nil where there is nothing to say.
    func caution() async throws -> String?

    /// The environment by which the engine's processes keep to their part of the processors. What the job or the user has set
    /// comes before it.
    func environment(for share: ProcessorShare) async throws -> [String: String]
}

extension EngineDialect {
    package func usesGPU() async throws -> Bool { false }

    package func caution() async throws -> String? { nil }

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

/// Everything that a start needs.
package struct LaunchPlan: Sendable, Hashable {
    /// Absolute path.
    package var executable: String
    package var arguments: [String]
    /// Set on top of this program's environment and the configuration's.
    package var environment: [String: String]
    /// Where the engine will listen. Mostly the port that was proposed.
    package var port: Int
    package var host: String
    /// Files and folders to remove when the engine is gone.
    package var temporaries: [String]
    /// The file of the gate at which it waits; nil where it goes on by itself.
    package var gate: String?
    /// How it can be forked; nil where it cannot.
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

/// Why an engine did not become ready.
package enum StartFailure: Sendable, Hashable {
    /// Somebody else took the port between the look and the start: worth another try.
    case portTaken
    /// There was not enough memory at that moment: worth another try when others have given theirs back.
    case noMemory(String, remedy: String? = nil)
    /// A known cause, and what to do about it.
    case because(String, remedy: String? = nil)
    /// The engine's own words.
    case said(String)
}

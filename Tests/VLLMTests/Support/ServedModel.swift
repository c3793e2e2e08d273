import Foundation
import Logging
import RunnerSupport
import TestSupport

@testable import Decoding
@testable import ModelLifecycle
@testable import Runner

/// A model on real vLLM for as long as a test works with it, forked from a process that the tests share.
struct ServedModel {
    let engine: Engine
    private let client: EngineClient

    /// - Parameters:
    ///   - name: the engine's part in the run, and the name that it serves the model by.
    ///   - model: a checkpoint.
    ///   - engines: how many are up together.
    static func with<Value>(
        _ name: String, _ model: String, task: EngineTask = .generate, among engines: Int = 1,
        _ body: (ServedModel) async throws -> Value
    ) async throws -> Value {
        let scratch = try Scratch()
        let engine = try await engine(name, model, task: task, context: 2048, among: engines, in: scratch)
        do {
            try await engine.start()
            let value = try await body(ServedModel(engine: engine, client: engine.client))
            try await engine.stop()
            return value
        } catch {
            try? await engine.stop()
            throw error
        }
    }

    /// An engine that is not started yet; its ledger and its logs are in the folder.
    static func engine(
        _ name: String, _ model: String, task: EngineTask = .generate, context: Int? = nil,
        arguments: [EngineConfiguration.Argument] = [], cache: String = VLLMSetup().cache, among engines: Int = 1,
        in scratch: Scratch
    ) async throws -> Engine {
        Engine(
            configuration: EngineConfiguration(
                name: name, model: model,
                arguments: [
                    .init("dtype", "float32"), .init("enforce-eager"), .init("kv-cache-memory-bytes", cache),
                ] + arguments, task: task, contextLength: context,
                processors: ProcessorShare(of: .now(), engines: engines)),
            dialect: VLLMDialect(installation: VLLMInstallation(venv: nil)),
            ledger: try EngineLedger(path: scratch.file("engines.jsonl").path),
            logDirectory: scratch.file("logs").path,
            warmStarts: try await ForkServers.shared.warmStarts(among: engines))
    }

    func session(delimiter: String = "\n\n") -> ModelSession {
        ModelSession(
            client: client, contextLength: engine.configuration.contextLength ?? .max, reader: TokenReader(),
            splitter: StepSplitter(delimiter: delimiter))
    }

    var url: String { client.endpoint.base }
    var key: String { client.endpoint.key?.value ?? "" }
}

/// The processes that the tests' own engines are forked from, one for each part of the processors: a start is not what these tests are
/// about. They end with the tests.
private actor ForkServers {
    static let shared = ForkServers()
    private var known: [Int: WarmStarts] = [:]

    func warmStarts(among engines: Int) async throws -> WarmStarts {
        if let known = known[engines] { return known }
        let folder = FileManager.default.temporaryDirectory.appending(path: "rsd-forks-\(getpid())-\(engines)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let starts = WarmStarts(
            ledger: try EngineLedger(path: folder + "/engines.jsonl"), logDirectory: folder + "/logs",
            limit: .seconds(300), answers: ColdAnswers(folder: folder + "/cold-answers"), logger: Logger(label: "tests")
        )
        known[engines] = starts
        await starts.begin {
            try await VLLMDialect(installation: VLLMInstallation(venv: nil)).forkServer(
                models: [], environment: [:], processors: ProcessorShare(of: .now(), engines: engines), isWanted: false)
        }
        return starts
    }
}

import Foundation
import Logging

@testable import Decoding
@testable import ModelLifecycle
@testable import Runner

/// A model on real vLLM for as long as a test works with it.
struct ServedModel {
    let engine: Engine
    private let client: EngineClient

    /// - Parameters:
    ///   - name: the engine's part in the run, and the name that it serves the model by.
    ///   - model: a checkpoint.
    ///   - engines: how many are up together.
    static func with<Value>(
        _ name: String, _ model: String, task: EngineTask = .generate, context: Int = 2048, among engines: Int = 1,
        _ body: (ServedModel) async throws -> Value
    ) async throws -> Value {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "rsd-served-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let engine = Engine(
            configuration: EngineConfiguration(
                name: name, model: model,
                arguments: [
                    .init("dtype", "float32"), .init("enforce-eager"), .init("kv-cache-memory-bytes", "256M"),
                ], task: task, contextLength: context,
                processors: ProcessorShare(of: .now(), engines: engines)),
            dialect: VLLMDialect(installation: VLLMInstallation(venv: nil)),
            ledger: try EngineLedger(path: scratch.appending(path: "engines.jsonl").path),
            logDirectory: scratch.appending(path: "logs").path,
            warmStarts: try await ForkServers.shared.warmStarts(among: engines))
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

    func session(delimiter: String = "\n\n") -> ModelSession {
        ModelSession(
            client: client, contextLength: engine.configuration.contextLength ?? .max, pieces: TokenPieces(),
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

/// What scripts/make-test-models has made.
enum TestModels {
    static let folder =
        ProcessInfo.processInfo.environment["RSD_BATCH_TEST_MODELS"] ?? CacheFolder.path + "/test-models"

    static func path(_ name: String) -> String { "\(folder)/\(name)" }
}

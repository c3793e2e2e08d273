import Foundation
import Synchronization

/// One loaded model and the threads that compute with it.
public final class Engine: Sendable {
    let config: ModelConfig
    let tokenizer: Tokenizer
    /// The longest sequence, prompt and answer together, in tokens.
    let maxModelLength: Int
    let metrics = Metrics()
    let workers: WorkerPool
    let generator: Generator
    private let asleep = Mutex<Set<SleepTag>>([])

    /// Parts of a sleeping engine that `/wake_up` can wake one by one.
    enum SleepTag: String, CaseIterable {
        case weights
        case cache = "kv_cache"
    }

    /// - Parameters:
    ///   - folder: a Hugging Face checkpoint: `config.json`, `tokenizer.json`, `model.safetensors`.
    ///   - maxModelLength: shorter than the model's own limit, or nil for that.
    ///   - threads: how many sequences are computed at once; nil for the number of cores.
    /// - Throws: `CheckpointError`
    public init(folder: URL, maxModelLength: Int? = nil, threads: Int? = nil) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CheckpointError("Invalid local directory specified: '\(folder.path)'")
        }
        config = try ModelConfig(folder: folder)
        self.maxModelLength = maxModelLength ?? config.maxPositions
        guard self.maxModelLength <= config.maxPositions else {
            throw CheckpointError(
                "User-specified max_model_len (\(self.maxModelLength)) is greater than the derived max_model_len "
                    + "(max_position_embeddings=\(config.maxPositions) in model's config.json)")
        }
        guard self.maxModelLength > 0, threads ?? 1 > 0 else {
            throw CheckpointError("max_model_len and threads must be positive")
        }
        tokenizer = try Tokenizer(folder: folder)
        generator = Generator(
            model: try Qwen2(folder: folder, config: config, positions: self.maxModelLength),
            tokenizer: tokenizer)
        workers = WorkerPool(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// One line about the model, for the log.
    public var summary: String {
        let architecture = config.task == .reward ? "Qwen2ForTokenClassification" : "Qwen2ForCausalLM"
        return "\(architecture), \(config.layers) layers, \(generator.model.weightCount) weights, "
            + "max_model_len \(maxModelLength)"
    }

    /// Ends the threads. What is still waiting fails.
    public func stop() { workers.stop() }

    /// - Returns: `choices` texts for each prompt, those of one prompt together.
    func complete(
        _ prompts: [[Int]], choices: Int, _ parameters: SamplingParameters, cancellation: Cancellation
    ) async throws -> [Completion] {
        try await onWorkers(count: prompts.count * choices, cancellation) { [self] index in
            let prompt = prompts[index / choices]
            var parameters = parameters
            parameters.maxTokens = min(parameters.maxTokens, maxModelLength - prompt.count)
            let completion = try generator.complete(
                prompt, parameters, choice: index % choices, cancellation: cancellation, progress: metrics.add
            )
            metrics.finished(completion.finish)
            return completion
        }
    }

    /// - Returns: for each prompt the raw score of each of its tokens.
    func score(_ prompts: [[Int]], cancellation: Cancellation) async throws -> [[Float]] {
        try await onWorkers(count: prompts.count, cancellation) { [self] index in
            let scores = try generator.score(
                prompts[index], cancellation: cancellation, progress: metrics.add)
            metrics.finished(.stop)
            return scores
        }
    }

    private func onWorkers<T: Sendable>(
        count: Int, _ cancellation: Cancellation, _ body: @escaping @Sendable (Int) throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            for index in 0..<count {
                group.addTask { [workers] in
                    (index, try await workers.run(cancellation) { try body(index) })
                }
            }
            return try await group.reduce(into: [(Int, T)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(
                \.1)
        }
    }

    // MARK: Sleep

    var isSleeping: Bool { asleep.withLock { !$0.isEmpty } }

    /// Lets no request start until `wake`. Nothing is freed: the models of this engine are small.
    /// - Parameter abort: whether requests that run are cut short or finish first.
    func sleep(abort: Bool) async {
        asleep.withLock { $0 = Set(SleepTag.allCases) }
        workers.pause()
        if abort { workers.abortRunning() }
        await workers.waitUntilIdle()
    }

    func wake(_ tags: Set<SleepTag>) {
        asleep.withLock {
            $0.subtract(tags)
            if $0.isEmpty { workers.resume() }
        }
    }
}

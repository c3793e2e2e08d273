import Foundation
import Synchronization
import Tokenizers

/// A loaded model and the threads that compute with it.
public final class Engine: Sendable {
    let config: ModelConfig
    let tokenizer: Tokenizer
    /// Maximum sequence length, prompt and response together, in tokens.
    let maxModelLength: Int
    let metrics = Metrics()
    let workers: WorkerPool
    let generator: Generator
    private let rest = Mutex(Rest())

    /// Parts of a sleeping engine that `/wake_up` can wake separately.
    enum SleepTag: String, CaseIterable {
        case weights
        case cache = "kv_cache"
    }

    private struct Rest {
        var asleep: Set<SleepTag> = []
        /// True after vLLM's sleep level 2, until the weights are reloaded: responses are then garbage, without an error.
        var hasLostWeights = false
    }

    /// - Parameters:
    ///   - folder: a Hugging Face checkpoint: `config.json`, `tokenizer.json`, `model.safetensors`.
    ///   - maxModelLength: maximum sequence length in tokens; nil for the model's own limit.
    ///   - threads: number of sequences computed at once; nil for the number of cores.
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
        do {
            tokenizer = try Tokenizer(folder: folder)
        } catch {
            throw CheckpointError("\(error)")
        }
        if let token = tokenizer.unsupported.first {
            throw CheckpointError("tokenizer.json: the added token \(token) takes its surroundings into account")
        }
        generator = Generator(
            model: try Qwen2(folder: folder, config: config, positions: self.maxModelLength),
            tokenizer: tokenizer)
        workers = WorkerPool(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// A one-line description of the model, for the log.
    public var summary: String {
        let architecture = config.task == .reward ? "Qwen2ForTokenClassification" : "Qwen2ForCausalLM"
        return "\(architecture), \(config.layers) layers, \(generator.model.weightCount) weights, "
            + "max_model_len \(maxModelLength)"
    }

    /// Ends the threads. Waiting requests fail.
    public func stop() { workers.stop() }

    /// - Returns: `choices` texts per prompt, in the order of the prompts.
    func complete(
        _ prompts: [[Int]], choices: Int, _ parameters: SamplingParameters, cancellation: Cancellation
    ) async throws -> [Completion] {
        try await onWorkers(count: prompts.count * choices, cancellation) { [self] index in
            try complete(prompts[index / choices], choice: index % choices, parameters, cancellation)
        }
    }

    /// Like ``complete(_:choices:_:cancellation:)`` for one text, which is passed on as it is written.
    ///
    /// - Parameter part: called by a worker for each token, with the text that has become certain by it.
    func stream(
        _ prompt: [Int], _ parameters: SamplingParameters, cancellation: Cancellation,
        part: @escaping @Sendable (_ text: String, _ token: Int) -> Void
    ) async throws -> Completion {
        try await workers.run(cancellation) { [self] in
            try complete(prompt, choice: 0, parameters, cancellation, part: part)
        }
    }

    private func complete(
        _ prompt: [Int], choice: Int, _ parameters: SamplingParameters, _ cancellation: Cancellation,
        part: ((_ text: String, _ token: Int) -> Void)? = nil
    ) throws -> Completion {
        var parameters = parameters
        parameters.maxTokens = min(parameters.maxTokens, maxModelLength - prompt.count)
        let completion =
            hasLostWeights
            ? garbage(parameters, part: part)
            : try generator.complete(
                prompt, parameters, choice: choice, cancellation: cancellation, progress: metrics.add, part: part)
        metrics.finished(completion.finish)
        return completion
    }

    /// - Returns: for each prompt the raw score of each of its tokens.
    func score(_ prompts: [[Int]], cancellation: Cancellation) async throws -> [[Float]] {
        try await onWorkers(count: prompts.count, cancellation) { [self] index in
            let scores = try generator.score(
                prompts[index], cancellation: cancellation, progress: metrics.add)
            metrics.finished(.stop)
            return hasLostWeights ? scores.map { _ in 0 } : scores
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

    var isSleeping: Bool { rest.withLock { !$0.asleep.isEmpty } }
    private var hasLostWeights: Bool { rest.withLock { $0.hasLostWeights } }

    /// Holds back requests until `wake`. Frees nothing: this engine's models are small.
    ///
    /// - Parameters:
    ///   - abort: whether running requests are cut short rather than finished.
    ///   - keepWeights: without them, ``reloadWeights()`` is needed after waking.
    func sleep(abort: Bool, keepWeights: Bool) async {
        rest.withLock {
            $0.asleep = Set(SleepTag.allCases)
            if !keepWeights { $0.hasLostWeights = true }
        }
        workers.pause()
        if abort { workers.abortRunning() }
        await workers.waitUntilIdle()
    }

    func wake(_ tags: Set<SleepTag>) {
        rest.withLock {
            $0.asleep.subtract(tags)
            if $0.asleep.isEmpty { workers.resume() }
        }
    }

    func loseWeights() { rest.withLock { $0.hasLostWeights = true } }
    func reloadWeights() { rest.withLock { $0.hasLostWeights = false } }

    /// The response of vLLM without its weights.
    private func garbage(
        _ parameters: SamplingParameters, part: ((_ text: String, _ token: Int) -> Void)?
    ) -> Completion {
        let mark = tokenizer.encode("!")
        let tokens = (0..<parameters.maxTokens).map { mark[$0 % mark.count] }
        let text = tokenizer.decode(tokens, skipSpecial: true)
        for (place, token) in tokens.enumerated() { part?(place == 0 ? text : "", token) }
        return Completion(text: text, tokens: tokens, finish: .length, stopReason: nil)
    }
}

import Foundation

/// The flags of one `vllm serve`: ours, then the job's, which win where both may speak.
struct VLLMFlags {
    private(set) var words: [String]
    /// The checkpoint's context could not be overridden by name, so vLLM must be told that a longer one is meant.
    let needsLongContextPermit: Bool
    /// GiB for VLLM_CPU_KVCACHE_SPACE, where the version has no flag for it.
    let cacheSpace: Int?
    /// Whether the model is spread over several processes.
    let isParallel: Bool
    /// Whether the job says how vLLM is to run its workers.
    let namesExecutor: Bool

    init(_ configuration: EngineConfiguration, for version: VLLMVersion = .newest) throws {
        var given = configuration.arguments.map(\.withPlainSize)
        isParallel = given.contains { $0.plainName.hasSuffix("-parallel-size") && $0.value != "1" }
        namesExecutor = given.contains { $0.plainName == "distributed-executor-backend" }
        /// Takes a flag of the job's out, so that it is not there twice; vLLM writes flags with - and _ alike.
        func take(_ name: String) -> [String] {
            let values = given.filter { $0.plainName == name }.compactMap(\.value)
            given.removeAll { $0.plainName == name }
            return values
        }

        // Without these, a checkpoint's generation_config.json would fill in sampling parameters of its own.
        var words = ["--seed", "0", "--generation-config", "vllm", "--uvicorn-log-level", "warning"]
        var overrides: [String: Any] = [:]
        switch configuration.task {
        case .generate: words += ["--runner", "generate"]
        case .score(let setup):
            words += ["--runner", "pooling"]
            if let convert = setup.convert { words += ["--convert", convert] }
            overrides = try Self.object(setup.overrides)
            var pooler = setup.pooler
            if !version.knowsPoolerTask { pooler["task"] = nil }
            if !pooler.isEmpty { words += ["--pooler-config", try Self.text(Self.object(pooler))] }
            // Scores of tokens are never read from the prefix cache, and with it they have been wrong before.
            if !given.contains(where: { $0.plainName.hasSuffix("enable-prefix-caching") }) {
                words.append("--no-enable-prefix-caching")
            }
        }

        var needsPermit = false
        if let length = configuration.contextLength {
            _ = take("max-model-len")
            words += ["--max-model-len", "\(length)"]
            switch Self.positions(ofModel: configuration.model) {
            case let positions? where positions >= length: break
            case _?: overrides["max_position_embeddings"] = length
            case nil: needsPermit = true
            }
        }
        needsLongContextPermit = needsPermit

        cacheSpace =
            version.isCPUBuild && !version.readsCacheBytesOnCPU
            ? take("kv-cache-memory-bytes").last.flatMap { Int($0) }.map { (max(1, $0) - 1) / 1_073_741_824 + 1 } : nil

        for text in take("hf-overrides") {
            guard let object = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] else {
                throw EngineError(
                    .cannotLaunch, engine: configuration.name, "the argument hf-overrides is not a JSON object: \(text)"
                )
            }
            overrides.merge(object) { $1 }
        }
        if !overrides.isEmpty { words += ["--hf-overrides", try Self.text(overrides)] }
        if configuration.sleeps { words.append("--enable-sleep-mode") }
        if let share = configuration.gpuShare, !given.contains(where: { $0.plainName == "gpu-memory-utilization" }) {
            words += ["--gpu-memory-utilization", String(format: "%.3f", share)]
        }
        self.words = words + given.flatMap(\.words)
    }

    /// `max_position_embeddings` of a checkpoint, or nil where its config.json has none at the top.
    private static func positions(ofModel path: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: path + "/config.json") else { return nil }
        struct Config: Decodable { var max_position_embeddings: Int? }
        return (try? JSONDecoder().decode(Config.self, from: data))?.max_position_embeddings
    }

    private static func object(_ texts: [String: String]) throws -> [String: Any] {
        try texts.mapValues { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
    }

    private static func text(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}

extension EngineConfiguration.Argument {
    /// The name as vLLM's help writes it.
    var plainName: String { name.replacing("_", with: "-") }

    /// A size as a plain number, which every version of vLLM understands.
    fileprivate var withPlainSize: Self {
        let sizes = ["max-model-len", "max-num-batched-tokens", "kv-cache-memory-bytes"]
        guard sizes.contains(plainName), let size = value.flatMap(Int.init(humanReadable:)) else { return self }
        return Self(name, "\(size)")
    }
}

extension Int {
    /// A number as vLLM's flags take it: `8192`, `16k` (16,000), `16K` (16,384), `1.5g`.
    package init?(humanReadable text: String) {
        if let plain = Int(text), plain >= 0 {
            self = plain
            return
        }
        let units = [
            "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12,
            "K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776,
        ]
        guard let last = text.last, let unit = units[String(last)], let number = Double(text.dropLast()),
            number >= 0, number * unit < 1e18
        else { return nil }
        self = Int(number * unit)
    }
}

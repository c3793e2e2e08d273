import Foundation

/// The flags of one `vllm serve`: ours, then the job's, which take precedence where both are allowed.
struct VLLMFlags {
    private(set) var words: [String]
    /// Whether vLLM needs an extra setting to accept a longer context, because the checkpoint's own could not be
    /// overridden by name.
    let needsLongContextPermit: Bool
    /// GiB for VLLM_CPU_KVCACHE_SPACE, for versions without a flag for it.
    let cacheSpace: Int?
    /// Whether the model is spread over several processes.
    let isParallel: Bool
    /// Whether the job chooses how vLLM runs its workers.
    let namesExecutor: Bool

    init(_ configuration: EngineConfiguration, for version: VLLMVersion = .newest) throws {
        var given = configuration.arguments.map(\.withPlainSize)
        isParallel = given.contains { $0.plainName.hasSuffix("-parallel-size") && $0.value != "1" }
        func isGiven(_ name: String) -> Bool { given.contains { $0.plainName == name } }
        namesExecutor = isGiven("distributed-executor-backend")
        /// Removes a flag from the job's flags, so that it is not given twice. vLLM accepts - and _ alike.
        func take(_ name: String) -> [String] {
            let values = given.filter { $0.plainName == name }.compactMap(\.value)
            given.removeAll { $0.plainName == name }
            return values
        }

        // Otherwise the checkpoint's generation_config.json would supply sampling parameters.
        var words = ["--seed", "0", "--generation-config", "vllm", "--uvicorn-log-level", "warning"]
        var overrides: [String: Any] = [:]
        switch configuration.task {
        case .generate:
            words += ["--runner", "generate"]
            if !isGiven(Self.streamInterval) {
                words += ["--\(Self.streamInterval)", "\(Self.tokensPerEvent)"]
            }
        case .score(let setup):
            words += ["--runner", "pooling"]
            // Has no meaning here, and ends the engine at its first response (trap G28).
            _ = take(Self.streamInterval)
            if let convert = setup.convert { words += ["--convert", convert] }
            overrides = try Self.object(setup.overrides)
            var pooler = setup.pooler
            if !version.knowsPoolerTask { pooler["task"] = nil }
            if !pooler.isEmpty { words += ["--pooler-config", try Self.text(Self.object(pooler))] }
            // Token scores are never read from the prefix cache, which has caused wrong scores before.
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
        for argument in given where argument.plainName.hasPrefix("hf-overrides.") {
            let keys = argument.name.split(separator: ".").dropFirst().map(String.init)
            overrides = Self.setting(argument.value ?? "true", at: keys[...], in: overrides)
        }
        given.removeAll { $0.plainName.hasPrefix("hf-overrides.") }
        if !overrides.isEmpty { words += ["--hf-overrides", try Self.text(overrides)] }
        if configuration.sleeps { words.append("--enable-sleep-mode") }
        if let share = configuration.gpuShare, !isGiven("gpu-memory-utilization") {
            words += ["--gpu-memory-utilization", String(format: "%.3f", share)]
        }
        self.words = words + Self.words(given)
    }

    private static let streamInterval = "stream-interval"
    /// Tokens in each event of a stream. vLLM's default, 1, costs its API server more than the model where many streams run; steps have
    /// dozens of tokens.
    private static let tokensPerEvent = 4

    /// Sets a part of a flag's JSON, as vLLM does for `--hf-overrides.a.b 1`: text that is not JSON is a string.
    private static func setting(_ text: String, at keys: ArraySlice<String>, in object: [String: Any]) -> [String: Any]
    {
        guard let key = keys.first else { return object }
        var object = object
        if keys.count > 1 {
            object[key] = setting(text, at: keys.dropFirst(), in: object[key] as? [String: Any] ?? [:])
        } else {
            let value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            object[key] = value ?? text
        }
        return object
    }

    /// A list of values follows one flag: vLLM uses only the last of a repeated one, except where it collects them.
    private static func words(_ arguments: [EngineConfiguration.Argument]) -> [String] {
        var words: [String] = []
        for (index, argument) in arguments.enumerated() {
            let isNext = index > 0 && arguments[index - 1].name == argument.name && argument.plainName != "middleware"
            words += isNext ? argument.value.map { [$0] } ?? [] : argument.words
        }
        return words
    }

    /// `max_position_embeddings` of a checkpoint; nil if its config.json has none at the top level.
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
    /// The name as in vLLM's help.
    var plainName: String { name.replacing("_", with: "-") }

    /// A size as a plain number, which every version of vLLM reads.
    fileprivate var withPlainSize: Self {
        let sizes = ["max-model-len", "max-num-batched-tokens", "kv-cache-memory-bytes"]
        guard sizes.contains(plainName), let size = value.flatMap(Int.init(humanReadable:)) else { return self }
        return Self(name, "\(size)")
    }
}

extension Int {
    /// Parses a number as vLLM's flags do: `8192`, `16k` (16,000), `16K` (16,384), `1.5g`.
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

/// The memory needed to serve a checkpoint, read from its files.
package struct CheckpointMemory: Sendable, Equatable {
    /// Bytes of all tensors by their stored type: `BF16`, `F32`, `I32`.
    package var stored: [String: Int] = [:]
    /// Whether weights are packed, as in AWQ, GPTQ and FP8 checkpoints, and so are loaded as stored.
    package var isQuantised: Bool
    /// Numbers in the KV cache per token, over all layers; nil if config.json does not give them.
    package var cacheNumbersPerToken: Int?
    /// The model's context in tokens; nil if config.json does not give it.
    package var contextLength: Int?

    /// - Parameter config: config.json with checked sizes.
    init(config: CheckpointConfig) {
        isQuantised = config["quantization_config"]?.object != nil
        contextLength = config.whole("max_position_embeddings")
        cacheNumbersPerToken = config.whole("num_hidden_layers").flatMap { layers -> Int? in
            // Multi-head latent attention (DeepSeek) keeps one vector for all heads.
            if let rank = config.whole("kv_lora_rank") {
                return layers.times(rank.plus(config.whole("qk_rope_head_dim") ?? 0))
            }
            guard let heads = config.whole("num_attention_heads"), heads > 0 else { return nil }
            guard let width = config.whole("head_dim") ?? config.whole("hidden_size").map({ $0 / heads }) else {
                return nil
            }
            return [2, layers, config.whole("num_key_value_heads") ?? heads, width].product()
        }
    }

    /// The memory of two models in one engine that serves the first.
    package func with(_ other: CheckpointMemory) -> CheckpointMemory {
        var both = self
        both.stored.merge(other.stored) { $0.plus($1) }
        both.isQuantised = isQuantised || other.isQuantised
        both.cacheNumbersPerToken = cacheNumbersPerToken.map { $0.plus(other.cacheNumbersPerToken ?? 0) }
        return both
    }

    /// Bytes of the loaded weights.
    ///
    /// - Parameter type: the type to which fractional numbers are converted; packed weights stay as stored.
    package func weights(as type: NumberType) -> Int {
        stored.reduce(0) { sum, entry in
            guard !isQuantised, let size = Self.fractionSizes[entry.key] else { return sum.plus(entry.value) }
            return sum.plus((entry.value / size).times(type.bytes))
        }
    }

    /// Bytes of the KV cache per token; 0 if config.json does not give them.
    package func cachePerToken(as type: NumberType) -> Int { (cacheNumbersPerToken ?? 0).times(type.bytes) }

    private static let fractionSizes = ["F64": 8, "F32": 4, "F16": 2, "BF16": 2]
}

/// How numbers are kept in memory.
package enum NumberType: Sendable, Hashable {
    case float, half, eighth

    /// vLLM's `auto`: 16 bits, also for float32 checkpoints.
    package static let automatic = half

    package var bytes: Int {
        switch self {
        case .float: 4
        case .half: 2
        case .eighth: 1
        }
    }

    /// Parses vLLM's flags `dtype` and `kv-cache-dtype`; nil for `auto` and unknown types.
    package init?(flag: String) {
        switch flag {
        case "float32", "float": self = .float
        case "float16", "half", "bfloat16": self = .half
        case let name where name.hasPrefix("fp8"): self = .eighth
        default: return nil
        }
    }
}

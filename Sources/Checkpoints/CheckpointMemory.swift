/// What a checkpoint's files tell of the memory that serving it takes.
package struct CheckpointMemory: Sendable, Equatable {
    /// Bytes of all tensors, by the type in which they are stored: `BF16`, `F32`, `I32`.
    package var stored: [String: Int] = [:]
    /// Whether weights are packed, as in AWQ, GPTQ and FP8 checkpoints: they are then loaded as they are stored.
    package var isQuantised: Bool
    /// Numbers that the KV cache holds for each token, in all layers; nil where config.json does not tell.
    package var cacheNumbersPerToken: Int?
    /// Tokens that the model was made for; nil where config.json does not tell.
    package var contextLength: Int?

    /// - Parameter config: config.json, whose sizes were looked at.
    init(config: CheckpointConfig) {
        isQuantised = config["quantization_config"]?.object != nil
        contextLength = config.whole("max_position_embeddings")
        cacheNumbersPerToken = config.whole("num_hidden_layers").flatMap { layers -> Int? in
            // Attention over latent vectors (DeepSeek) keeps one for all heads.
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

    /// That of two models in one engine, which serves the first.
    package func with(_ other: CheckpointMemory) -> CheckpointMemory {
        var both = self
        both.stored.merge(other.stored) { $0.plus($1) }
        both.isQuantised = isQuantised || other.isQuantised
        both.cacheNumbersPerToken = cacheNumbersPerToken.map { $0.plus(other.cacheNumbersPerToken ?? 0) }
        return both
    }

    /// Bytes of the weights once they are loaded.
    ///
    /// - Parameter type: the type to which numbers with a fraction are turned; packed ones stay as they are.
    package func weights(as type: NumberType) -> Int {
        stored.reduce(0) { sum, entry in
            guard !isQuantised, let size = Self.fractionSizes[entry.key] else { return sum.plus(entry.value) }
            return sum.plus((entry.value / size).times(type.bytes))
        }
    }

    /// Bytes of the KV cache for one token; 0 where config.json does not tell.
    package func cachePerToken(as type: NumberType) -> Int { (cacheNumbersPerToken ?? 0).times(type.bytes) }

    private static let fractionSizes = ["F64": 8, "F32": 4, "F16": 2, "BF16": 2]
}

/// How numbers are kept in memory.
package enum NumberType: Sendable, Hashable {
    case float, half, eighth

    /// What vLLM makes of `auto`: it computes in 16 bits, and halves checkpoints of float32.
    package static let automatic = half

    package var bytes: Int {
        switch self {
        case .float: 4
        case .half: 2
        case .eighth: 1
        }
    }

    /// As vLLM's flags `dtype` and `kv-cache-dtype` write it; nil for `auto` and what is not known here.
    package init?(flag: String) {
        switch flag {
        case "float32", "float": self = .float
        case "float16", "half", "bfloat16": self = .half
        case let name where name.hasPrefix("fp8"): self = .eighth
        default: return nil
        }
    }
}

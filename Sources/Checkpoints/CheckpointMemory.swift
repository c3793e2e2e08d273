/// The memory needed to serve a checkpoint, read from its files.
package struct CheckpointMemory: Sendable, Equatable {
    /// Bytes of all tensors that engines load, by their stored type: `BF16`, `F32`, `I32`.
    package var stored: [String: Int] = [:]
    /// The same of some parts; without them, tensors are not known one by one.
    var parts: [Part: [String: Int]] = [:]
    /// Layers; nil if config.json does not give them.
    private var layers: Int?
    /// Attention heads; nil if config.json does not give them.
    private var heads: Int?
    /// Heads that keys and values have in each layer; nil if all share one vector.
    private var cacheHeads: Int?
    /// Whether weights are packed, as in AWQ, GPTQ and FP8 checkpoints, and so are loaded as stored.
    package var isQuantised: Bool
    /// Numbers in the KV cache per token, over all layers; nil if config.json does not give them.
    package var cacheNumbersPerToken: Int?
    /// The model's context in tokens; nil if config.json does not give it.
    package var contextLength: Int?

    /// Parts that are spread over GPUs or converted in ways of their own.
    enum Part: Sendable {
        case input, output
        /// Routed experts.
        case experts
        /// Matrices within layers, experts included, which engines can quantise while loading.
        case matrices
    }

    /// - Parameter config: config.json with checked sizes.
    init(config: CheckpointConfig) {
        isQuantised = config["quantization_config"]?.object != nil
        contextLength = config.whole("max_position_embeddings")
        layers = config.whole("num_hidden_layers")
        heads = config.whole("num_attention_heads")
        cacheHeads =
            config.whole("kv_lora_rank") == nil
            ? config.whole("num_key_value_heads") ?? config.whole("num_attention_heads") : nil
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
        both.parts.merge(other.parts) { $0.merging($1) { $0.plus($1) } }
        both.isQuantised = isQuantised || other.isQuantised
        both.cacheNumbersPerToken = cacheNumbersPerToken.map { $0.plus(other.cacheNumbersPerToken ?? 0) }
        return both
    }

    /// Why vLLM would refuse to spread the model so; nil if it would not.
    package func fault(over gpus: ModelSpread) -> String? {
        if let heads, heads % gpus.tensor != 0 {
            return "has \(heads) attention heads, which cannot be divided between \(gpus.tensor) GPUs; "
                + "set `tensor-parallel-size` to a divisor of \(heads)"
        }
        if let cacheHeads, cacheHeads > 0, cacheHeads % gpus.tensor != 0, gpus.tensor % cacheHeads != 0 {
            return "has \(cacheHeads) key-value heads, which cannot be divided between \(gpus.tensor) GPUs; "
                + "set `tensor-parallel-size` to a divisor or a multiple of \(cacheHeads)"
        }
        if let layers, layers < gpus.pipeline {
            return "has \(layers) layers, fewer than `pipeline-parallel-size: \(gpus.pipeline)`"
        }
        return nil
    }

    /// Bytes of the loaded weights, on each GPU.
    ///
    /// - Parameters:
    ///   - type: the type to which fractional numbers are converted; packed weights stay as stored.
    ///   - quantisation: of weights while they are loaded, which checkpoints with packed weights need no more.
    package func weights(
        as type: NumberType, over gpus: ModelSpread = .one, quantisedBy quantisation: LoadQuantisation? = nil
    ) -> Int {
        let quantisation = isQuantised ? nil : quantisation
        guard !parts.isEmpty else {
            let bytes = loaded(stored, as: type)
            return (quantisation.map { bytes.times($0.cautiousShare) / 100 } ?? bytes) / (gpus.tensor * gpus.pipeline)
        }
        func part(_ part: Part) -> Int { loaded(parts[part] ?? [:], as: type) }
        func quantised(_ bytes: Int) -> Int { quantisation.map { bytes.times($0.share) / 100 } ?? bytes }
        let (input, output) = (part(.input), part(.output))
        let body = loaded(stored, as: type).plus(-input).plus(-output).plus(-part(.matrices)).plus(
            quantised(part(.matrices)))
        let stage = gpus.layers(of: layers)
        let experts = Self.share(stage, of: quantised(part(.experts)))
        let ends = gpus.pipeline == 1 ? input.plus(output) : max(input, output)
        // Where several copies of a mixture run, they divide the experts between them.
        return (Self.share(stage, of: body).plus(-experts).plus(ends) / gpus.tensor).plus(
            experts / (gpus.tensor * gpus.data))
    }

    /// Bytes of the KV cache per token, on each GPU; 0 if config.json does not give them.
    ///
    /// Tensor parallelism divides the heads; where there are fewer heads than GPUs, each has one.
    package func cachePerToken(as type: NumberType, over gpus: ModelSpread = .one) -> Int {
        let bytes = Self.share(gpus.layers(of: layers), of: (cacheNumbersPerToken ?? 0).times(type.bytes))
        guard let cacheHeads, cacheHeads > 0 else { return bytes }
        return Self.share((part: (cacheHeads + gpus.tensor - 1) / gpus.tensor, whole: cacheHeads), of: bytes)
    }

    private static func share(_ share: (part: Int, whole: Int), of bytes: Int) -> Int {
        share.part == share.whole ? bytes : Int(bounding: Double(bytes) * Double(share.part) / Double(share.whole))
    }

    private func loaded(_ stored: [String: Int], as type: NumberType) -> Int {
        stored.reduce(0) { sum, entry in
            guard !isQuantised, let size = Self.fractionSizes[entry.key] else { return sum.plus(entry.value) }
            return sum.plus((entry.value / size).times(type.bytes))
        }
    }

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

/// Formats to which vLLM converts 16-bit weights while loading them (`quantization`).
package enum LoadQuantisation: String, Sendable {
    case fp8, bitsandbytes

    /// Percent of the bytes that a matrix keeps. bitsandbytes packs 4 bits per weight, with scales that are quantised too.
    fileprivate var share: Int { self == .fp8 ? 50 : 26 }
    /// The same of a whole checkpoint, if nothing is known of its tensors.
    fileprivate var cautiousShare: Int { self == .fp8 ? 60 : 40 }
}

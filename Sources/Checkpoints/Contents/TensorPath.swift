/// A tensor's name and the part of the model it belongs to.
struct TensorPath {
    /// The experts in a tensor.
    enum Experts: Equatable {
        /// One of a layer's experts.
        case one(number: Substring, layer: Substring)
        case all
    }

    let name: String
    private let parts: [Substring]

    init(_ name: String) {
        self.name = name
        parts = name.split(separator: ".")
    }

    /// Parts for images and sound, by their names in vLLM's models, for models known to have such parts.
    private static let senses: Set<Substring> = [
        "apm", "aligner", "code2wav", "connector", "embed_audio", "embed_vision", "language_projection", "mlp1",
        "multi_modal_projector", "perceiver", "projector", "qformer", "query_tokens", "resampler", "speech", "talker",
        "token2wav", "tts", "vit", "vpm", "vqmodel", "vte",
    ]
    /// Prefixes that only parts for images and sound have, also for models whose config.json mentions none.
    private static let seeing = ["audio", "image", "img_", "mm_", "vision", "visual"]

    private func isSense(of config: CheckpointConfig) -> Bool {
        parts.contains { part in
            Self.seeing.contains { part.hasPrefix($0) } || (config.isMultimodal && Self.senses.contains(part))
        }
    }

    /// The part that text tokens do not pass through; nil for all other tensors.
    func partNotMet(by config: CheckpointConfig) -> String? {
        if isSense(of: config) || isForImages(config) {
            return "parts for images and sound"
        }
        if predictsFurther(of: config) { return "layers that predict further tokens" }
        return nil
    }

    /// Whether it belongs to a layer that only predicts further tokens, which engines load for speculation alone.
    func predictsFurther(of config: CheckpointConfig) -> Bool {
        parts.contains { $0.hasPrefix("mtp") } || isBeyondLastLayer(of: config)
    }

    var isInLayer: Bool { layer != nil }

    /// DeepSeek and others number these layers after those of the model.
    private func isBeyondLastLayer(of config: CheckpointConfig) -> Bool {
        guard (config.whole("num_nextn_predict_layers") ?? 0) > 0, let layers = config.whole("num_hidden_layers"),
            let layer
        else { return false }
        return layer >= layers
    }

    /// Llama 3.2 Vision has extra layers that text alone skips.
    private func isForImages(_ config: CheckpointConfig) -> Bool {
        guard let layer, let crossing = config["cross_attention_layers"]?.elements else { return false }
        return crossing.contains { $0.whole == layer }
    }

    private var layer: Int? {
        guard let place = parts.firstIndex(of: "layers"), place + 1 < parts.count else { return nil }
        return Int(parts[place + 1])
    }

    var isOutput: Bool { parts.suffix(2) == ["lm_head", "weight"] }

    var isInput: Bool {
        parts.last == "weight" && ["embed_tokens", "wte", "word_embeddings"].contains(parts.dropLast().last ?? "")
    }

    /// Routed experts; those that every token passes through are called shared.
    func experts(_ tensor: StoredTensor, of config: CheckpointConfig) -> Experts? {
        if let place = parts.firstIndex(of: "experts") {
            let next = place + 1 < parts.count ? parts[place + 1] : ""
            if next == "router" { return nil }
            if Int(next) == nil { return .all }
            let layer = parts[..<place].joined(separator: ".")
            return .one(number: next, layer: Substring(layer))
        }
        // Granite and Step keep a layer's experts in one tensor and do not call them experts.
        let isMixture = parts.contains { $0.contains("moe") }
        return isMixture && tensor.shape.count == 3 ? .all : nil
    }
}

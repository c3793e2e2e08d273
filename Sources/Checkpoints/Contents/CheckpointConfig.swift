import OrderedCollections
import Support

/// config.json: the settings of the whole model, and of its text model.
struct CheckpointConfig {
    private let all: OrderedDictionary<String, JSONValue>
    /// The text model's settings if a multimodal model keeps them here; otherwise empty.
    private let text: OrderedDictionary<String, JSONValue>
    /// Whether the model has parts for images or sound.
    let isMultimodal: Bool

    private static let textKeys = ["text_config", "llm_config", "language_config"]

    /// Sizes of a model with upper limits far above any real model's.
    private static let sizes = [
        "hidden_size", "head_dim", "intermediate_size", "kv_lora_rank", "max_position_embeddings",
        "moe_intermediate_size",
        "n_routed_experts", "num_attention_heads", "num_experts", "num_experts_per_tok", "num_hidden_layers",
        "num_key_value_heads", "num_local_experts", "num_nextn_predict_layers", "qk_rope_head_dim", "vocab_size",
    ]
    private static let greatest = 1 << 31

    /// - Parameter directory: the checkpoint's, for messages.
    /// - Throws: ``ModelFilesError`` for an impossible size.
    init(_ file: CheckpointJSON, in directory: String) throws(ModelFilesError) {
        self.init(file)
        for fields in [all, text] {
            for key in Self.sizes {
                guard let number = fields[key]?.double else { continue }
                let isPositive = number >= (key == "max_position_embeddings" ? 1 : 0)
                guard isPositive, number <= Double(Self.greatest), number == number.rounded() else {
                    throw ModelFilesError(
                        "config.json in \(directory) gives '\(key)' as \(fields[key]?.digits ?? "\(number)"), which is not possible for a model"
                    )
                }
            }
        }
    }

    /// - Parameter file: its sizes are not checked.
    init(_ file: CheckpointJSON) {
        all = file.fields
        let inner = all["thinker_config"]?.object ?? all
        text = Self.textKeys.lazy.compactMap { inner[$0]?.object }.first ?? [:]
        isMultimodal = all.keys.contains {
            $0.hasPrefix("vision") || $0.hasPrefix("audio") || $0.hasPrefix("visual") || $0 == "thinker_config"
                || $0 == "img_processor" || $0 == "embd_layer"
        }
    }

    /// A setting of the text model, or else of the whole model.
    subscript(_ key: String) -> JSONValue? {
        if let value = text[key], value != .null { return value }
        return all[key]
    }

    /// A setting that has different names in different models: the first that is set.
    func first(of keys: [String]) -> JSONValue? { keys.lazy.compactMap { self[$0] }.first { $0 != .null } }

    func whole(_ key: String) -> Int? { self[key]?.whole }

    var architectures: [String] { all["architectures"]?.elements?.compactMap(\.text) ?? [] }
    var modelType: String? { self["model_type"]?.text }
}

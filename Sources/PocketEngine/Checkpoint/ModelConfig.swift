import Foundation

/// The settings of a Qwen2 model from its Hugging Face `config.json` and `generation_config.json`.
struct ModelConfig: Sendable {
    enum Task: Sendable {
        case generation
        /// One score per token.
        case reward
    }

    let task: Task
    let hiddenSize: Int
    let layers: Int
    let intermediateSize: Int
    let heads: Int
    let keyValueHeads: Int
    let headDim: Int
    let rmsNormEpsilon: Float
    let ropeTheta: Double
    let tiedEmbeddings: Bool
    let vocabularySize: Int
    let maxPositions: Int
    /// Ids that end a text: those of `generation_config.json`, or else of `config.json`. The first is the end-of-sequence token;
    /// the others work like `stop_token_ids`, as in vLLM.
    let endOfText: [Int]

    /// - Throws: `CheckpointError` if the file cannot be read or the architecture is not supported.
    init(folder: URL) throws {
        let path = folder.appending(path: "config.json")
        let file = try decodeJSON(File.self, from: path)
        switch file.architectures ?? [] {
        case ["Qwen2ForCausalLM"]: task = .generation
        case ["Qwen2ForTokenClassification"]: task = .reward
        case let other:
            throw CheckpointError(
                "Model architectures \(other) are not supported for now. "
                    + "Supported architectures: Qwen2ForCausalLM, Qwen2ForTokenClassification (\(path.path))")
        }
        func positive(_ value: Int, _ name: String) throws -> Int {
            guard value > 0 else { throw CheckpointError("\(path.path): \(name) must be positive") }
            // The product of three of them must not overflow.
            guard value <= 1 << 20 else {
                throw CheckpointError("\(path.path): \(name) is \(value), which is too large")
            }
            return value
        }
        hiddenSize = try positive(file.hidden_size, "hidden_size")
        layers = try positive(file.num_hidden_layers, "num_hidden_layers")
        intermediateSize = try positive(file.intermediate_size, "intermediate_size")
        heads = try positive(file.num_attention_heads, "num_attention_heads")
        keyValueHeads = try positive(file.num_key_value_heads ?? heads, "num_key_value_heads")
        headDim = try positive(file.head_dim ?? hiddenSize / heads, "head_dim")
        vocabularySize = try positive(file.vocab_size, "vocab_size")
        maxPositions = try positive(file.max_position_embeddings, "max_position_embeddings")
        rmsNormEpsilon = file.rms_norm_eps
        tiedEmbeddings = file.tie_word_embeddings ?? false
        guard heads.isMultiple(of: keyValueHeads), headDim.isMultiple(of: 2) else {
            throw CheckpointError(
                "\(path.path): num_attention_heads must be a multiple of num_key_value_heads and head_dim even"
            )
        }
        guard file.hidden_act ?? "silu" == "silu", file.use_sliding_window != true else {
            throw CheckpointError("\(path.path): only hidden_act silu without a sliding window is supported")
        }
        let rope = file.rope_parameters ?? file.rope_scaling
        let kind = rope?.rope_type ?? rope?.type ?? "default"
        guard kind == "default" else {
            throw CheckpointError("\(path.path): rope type \(kind) is not supported")
        }
        ropeTheta = rope?.rope_theta ?? file.rope_theta ?? 10_000
        if task == .reward {
            let labels = file.num_labels ?? file.id2label?.count ?? 2
            guard labels == 1 else {
                throw CheckpointError("\(path.path): a reward model needs one label, this one has \(labels)")
            }
        }

        let generationFile = folder.appending(path: "generation_config.json")
        var ids = file.eos_token_id?.ids ?? []
        if FileManager.default.fileExists(atPath: generationFile.path),
            let more = try decodeJSON(GenerationFile.self, from: generationFile).eos_token_id
        {
            ids = more.ids
        }
        endOfText = ids
    }
}

private struct GenerationFile: Decodable {
    let eos_token_id: OneOrMany?
}

private struct File: Decodable {
    struct Rope: Decodable {
        let rope_theta: Double?
        let rope_type: String?
        let type: String?
    }

    let architectures: [String]?
    let hidden_size: Int
    let num_hidden_layers: Int
    let intermediate_size: Int
    let num_attention_heads: Int
    let num_key_value_heads: Int?
    let head_dim: Int?
    let hidden_act: String?
    let rms_norm_eps: Float
    /// transformers 4 and 5 store the base of the rotation in different places.
    let rope_theta: Double?
    let rope_parameters: Rope?
    let rope_scaling: Rope?
    let tie_word_embeddings: Bool?
    let use_sliding_window: Bool?
    let vocab_size: Int
    let max_position_embeddings: Int
    let eos_token_id: OneOrMany?
    let num_labels: Int?
    let id2label: [String: String]?
}

private struct OneOrMany: Decodable {
    let ids: [Int]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        ids = try (try? [container.decode(Int.self)]) ?? container.decode([Int].self)
    }
}

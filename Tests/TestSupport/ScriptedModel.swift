import Foundation

/// A Qwen2 checkpoint without training that writes what a test tells it to, on any engine: each token has one that follows it, as its
/// last layer looks up. A token is a byte, or one of the pieces of the texts.
package struct ScriptedModel {
    /// The token that ends a response; pieces that nothing follows lead to it.
    package static let end = "<|end|>"
    private static let hidden = 256

    private let pieces: [String]
    private let special: Set<String>
    private var tokens: [String] { Self.bytes + pieces + [Self.end] }

    /// - Parameters:
    ///   - pieces: tokens that are more than a byte.
    ///   - special: those of them that are special tokens.
    package init(pieces: [String], special: Set<String> = []) {
        self.pieces = pieces
        self.special = special
    }

    /// Writes a model that continues texts.
    ///
    /// - Parameters:
    ///   - following: what follows a piece, or a character.
    ///   - template: the chat template.
    package func write(
        to folder: URL, following: [String: String], template: String? = nil, context: Int = 4096
    ) throws {
        var head = [[Float]](repeating: [Float](repeating: 0, count: Self.hidden), count: tokens.count)
        for (index, token) in tokens.enumerated() {
            guard let next = following[token] ?? (pieces.contains(token) ? Self.end : nil) else { continue }
            guard let place = tokens.firstIndex(of: next) else { throw Missing(piece: next) }
            for (column, value) in Self.code(of: index).enumerated() { head[place][column] += value }
        }
        try write(
            to: folder, architecture: "Qwen2ForCausalLM", context: context, template: template,
            more: [("lm_head.weight", [tokens.count, Self.hidden], head.flatMap(\.self))])
    }

    /// Writes a token classifier.
    ///
    /// - Parameter rewards: of steps that end in a piece, as the input of a sigmoid; about 0 for all others.
    package func write(to folder: URL, rewards: [String: Float], context: Int = 4096) throws {
        var score = [Float](repeating: 0, count: Self.hidden)
        for (piece, reward) in rewards {
            guard let place = tokens.firstIndex(of: piece) else { throw Missing(piece: piece) }
            for (column, value) in Self.code(of: place).enumerated() {
                score[column] += reward * value / Float(Self.hidden)
            }
        }
        try write(
            to: folder, architecture: "Qwen2ForTokenClassification", context: context, template: nil,
            more: [("score.weight", [1, Self.hidden], score), ("score.bias", [1], [0])])
    }

    package struct Missing: Error { var piece: String }

    // MARK: Files

    private typealias Tensor = (name: String, shape: [Int], values: [Float])

    private func write(
        to folder: URL, architecture: String, context: Int, template: String?, more: [Tensor]
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (first, width) = (Self.bytes.count, Self.hidden)
        func save(_ object: [String: Any], as name: String) throws {
            try JSONSerialization.data(withJSONObject: object).write(to: folder.appending(path: name))
        }
        try save(
            [
                "architectures": [architecture], "model_type": "qwen2", "hidden_size": width, "intermediate_size": 64,
                "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 4, "rms_norm_eps": 1e-6,
                "rope_theta": 10000, "max_position_embeddings": context, "vocab_size": tokens.count,
                "eos_token_id": tokens.count - 1, "tie_word_embeddings": false, "hidden_act": "silu", "num_labels": 1,
                "torch_dtype": "float32",
            ], as: "config.json")
        let added = tokens[first...].enumerated().map { place, token in
            [
                "id": first + place, "content": token, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": token == Self.end || special.contains(token),
            ] as [String: Any]
        }
        let byteLevel: [String: Any] = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false,
        ]
        let split: [String: Any] = [
            "type": "Split", "pattern": ["Regex": Self.pattern], "behavior": "Isolated", "invert": false,
        ]
        try save(
            [
                "version": "1.0", "added_tokens": added,
                "pre_tokenizer": ["type": "Sequence", "pretokenizers": [split, byteLevel]], "decoder": byteLevel,
                "model": [
                    "type": "BPE", "merges": [String](), "byte_fallback": false,
                    "vocab": Dictionary(uniqueKeysWithValues: Self.bytes.enumerated().map { ($1, $0) }),
                ] as [String: Any],
            ], as: "tokenizer.json")
        var settings: [String: Any] = ["tokenizer_class": "PreTrainedTokenizerFast", "eos_token": Self.end]
        settings["chat_template"] = template
        try save(settings, as: "tokenizer_config.json")

        let codes = tokens.indices.flatMap(Self.code)
        try Self.safetensors(
            [("model.embed_tokens.weight", [tokens.count, width], codes)] + Self.silentLayer
                + [("model.norm.weight", [width], [Float](repeating: 1, count: width))] + more
        ).write(to: folder.appending(path: "model.safetensors"))
    }

    /// A layer that adds nothing.
    private static var silentLayer: [Tensor] {
        func zeros(_ name: String, _ shape: Int...) -> Tensor {
            ("model.layers.0." + name, shape, [Float](repeating: 0, count: shape.reduce(1, *)))
        }
        return ["q", "k", "v"].flatMap {
            [zeros("self_attn.\($0)_proj.weight", hidden, hidden), zeros("self_attn.\($0)_proj.bias", hidden)]
        } + [
            zeros("self_attn.o_proj.weight", hidden, hidden), zeros("input_layernorm.weight", hidden),
            zeros("post_attention_layernorm.weight", hidden), zeros("mlp.gate_proj.weight", 64, hidden),
            zeros("mlp.up_proj.weight", 64, hidden), zeros("mlp.down_proj.weight", hidden, 64),
        ]
    }

    private static func safetensors(_ tensors: [Tensor]) throws -> Data {
        var (header, offset) = ([String: Any](), 0)
        for tensor in tensors {
            let end = offset + tensor.values.count * 4
            header[tensor.name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, end]]
            offset = end
        }
        let json = try JSONSerialization.data(withJSONObject: header)
        var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
        for tensor in tensors { tensor.values.withUnsafeBytes { file.append(contentsOf: $0) } }
        return file
    }

    // MARK: Tokens

    /// A token's embedding: signs that agree with those of another in about half of the places.
    private static func code(of token: Int) -> [Float] {
        var random = SeededRandom(seed: UInt64(token) &+ 1)
        return (0..<hidden).map { _ in random.next() >> 63 == 0 ? 1 : -1 }
    }

    /// The bytes in GPT-2's alphabet.
    private static let bytes: [String] = {
        let printable = Set(33...126).union(161...172).union(174...255)
        var next = 256
        return (0..<256).map { byte in
            defer { if !printable.contains(byte) { next += 1 } }
            return String(Unicode.Scalar(UInt32(printable.contains(byte) ? byte : next)).map(Character.init) ?? "?")
        }
    }()

    /// Qwen2's expression.
    private static let pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
}

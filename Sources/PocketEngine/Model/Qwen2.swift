import Foundation

/// The weights of a Qwen2 model: a decoder with grouped-query attention and either a language-model head or a head with one
/// score per token. Immutable after loading, so any number of `Session`s may read it at once.
final class Qwen2: @unchecked Sendable {
    struct Layer {
        let inputNorm: FloatBuffer
        let query: Matrix
        let key: Matrix
        let value: Matrix
        let attentionOutput: Matrix
        let postNorm: FloatBuffer
        let gate: Matrix
        let up: Matrix
        let down: Matrix
    }

    let config: ModelConfig
    /// [vocabularySize, hiddenSize], row-major.
    let embeddings: FloatBuffer
    let layers: [Layer]
    let finalNorm: FloatBuffer
    /// Projects to `vocabularySize` logits, or to one score.
    let head: Matrix
    let rotation: Rotation
    /// Number of stored weights; shared ones count once.
    let weightCount: Int

    /// Loads the checkpoint for sequences of up to `positions` tokens. Throws `CheckpointError`.
    init(folder: URL, config: ModelConfig, positions: Int) throws {
        let file = try Safetensors(contentsOf: folder.appending(path: "model.safetensors"))
        var count = 0
        func values(_ name: String, _ shape: Int...) throws -> [Float] {
            count += shape.reduce(1, *)
            return try file.floats(name, shape: shape)
        }
        func matrix(_ name: String, rows: Int, columns: Int, bias: Bool = false) throws -> Matrix {
            Matrix(
                rows: rows, columns: columns, values: try values("\(name).weight", rows, columns),
                bias: bias ? try values("\(name).bias", rows) : nil)
        }
        let hidden = config.hiddenSize
        let queryWidth = config.heads * config.headDim
        let keyWidth = config.keyValueHeads * config.headDim
        let embeddingValues = try values("model.embed_tokens.weight", config.vocabularySize, hidden)
        embeddings = FloatBuffer(embeddingValues)
        layers = try (0..<config.layers).map { index in
            let name = "model.layers.\(index)"
            let attention = "\(name).self_attn"
            return Layer(
                inputNorm: FloatBuffer(try values("\(name).input_layernorm.weight", hidden)),
                query: try matrix("\(attention).q_proj", rows: queryWidth, columns: hidden, bias: true),
                key: try matrix("\(attention).k_proj", rows: keyWidth, columns: hidden, bias: true),
                value: try matrix("\(attention).v_proj", rows: keyWidth, columns: hidden, bias: true),
                attentionOutput: try matrix("\(attention).o_proj", rows: hidden, columns: queryWidth),
                postNorm: FloatBuffer(try values("\(name).post_attention_layernorm.weight", hidden)),
                gate: try matrix("\(name).mlp.gate_proj", rows: config.intermediateSize, columns: hidden),
                up: try matrix("\(name).mlp.up_proj", rows: config.intermediateSize, columns: hidden),
                down: try matrix("\(name).mlp.down_proj", rows: hidden, columns: config.intermediateSize))
        }
        finalNorm = FloatBuffer(try values("model.norm.weight", hidden))
        switch config.task {
        case .reward:
            head = try matrix("score", rows: 1, columns: hidden, bias: true)
        case .generation where config.tiedEmbeddings:
            head = Matrix(rows: config.vocabularySize, columns: hidden, values: embeddingValues)
        case .generation:
            head = try matrix("lm_head", rows: config.vocabularySize, columns: hidden)
        }
        rotation = Rotation(headDim: config.headDim, theta: config.ropeTheta, positions: positions)
        weightCount = count
        self.config = config
    }
}

@testable import Checkpoints
import Foundation

/// The headers of checkpoints that people use: names, types and shapes as the tools write them, without the weights.
struct TensorSet {
    var tensors: [String: StoredTensor] = [:]

    mutating func add(_ name: String, _ type: String = "BF16", _ shape: Int...) {
        tensors[name] = StoredTensor(
            type: type, shape: shape, bytes: shape.reduce(1, *) * (StoredTensor.bits(of: type) ?? 8) / 8)
    }

    /// How a tool stores the matrix of a linear layer of so many outputs and inputs.
    typealias Linear = @Sendable (inout TensorSet, _ name: String, _ outputs: Int, _ inputs: Int) -> Void

    static let plain: Linear = { $0.add($1 + ".weight", "BF16", $2, $3) }

    /// GPTQ by AutoGPTQ and GPTQModel: 32 bits hold 32 / bits weights, of 3 bits 32 in three words.
    static func gptq(_ bits: Int, order: Bool = true) -> Linear {
        { set, name, outputs, inputs in
            let groups = inputs / 128
            set.add(name + ".qweight", "I32", inputs / 32 * bits, outputs)
            set.add(name + ".qzeros", "I32", groups, outputs / 32 * bits)
            set.add(name + ".scales", "F16", groups, outputs)
            if order { set.add(name + ".g_idx", "I32", inputs) }
        }
    }

    static let awq: Linear = { set, name, outputs, inputs in
        set.add(name + ".qweight", "I32", inputs, outputs / 8)
        set.add(name + ".qzeros", "I32", inputs / 128, outputs / 8)
        set.add(name + ".scales", "F16", inputs / 128, outputs)
    }

    /// bitsandbytes, four bits with a second quantisation of the scales.
    static func fourBits(storage: String = "U8") -> Linear {
        { set, name, outputs, inputs in
            let weight = name + ".weight"
            set.add(weight, storage, outputs * inputs / (storage == "U8" ? 2 : 4), 1)
            set.add(weight + ".absmax", "U8", outputs * inputs / 64)
            set.add(weight + ".nested_absmax", "F32", outputs * inputs / 64 / 256)
            set.add(weight + ".quant_map", "F32", 16)
            set.add(weight + ".nested_quant_map", "F32", 256)
            set.add(weight + ".quant_state.bitsandbytes__nf4", "U8", 82)
        }
    }

    static let eightBits: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "I8", outputs, inputs)
        set.add(name + ".SCB", "F32", outputs)
        set.add(name + ".weight_format", "U8")
    }

    /// FP8 with a scale for each block of 128 × 128, as DeepSeek publishes.
    static let fp8Blocks: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "F8_E4M3", outputs, inputs)
        set.add(name + ".weight_scale_inv", "F32", (outputs + 127) / 128, (inputs + 127) / 128)
    }

    static let fp8: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "F8_E4M3", outputs, inputs)
        set.add(name + ".weight_scale", "BF16", 1)
        set.add(name + ".input_scale", "BF16", 1)
        if name.hasSuffix("k_proj") { set.add(name.replacing("k_proj", with: "k_proj.k_scale"), "F32") }
    }

    /// compressed-tensors, `pack-quantized`.
    static func packed(_ bits: Int) -> Linear {
        { set, name, outputs, inputs in
            set.add(name + ".weight_packed", "I32", outputs, inputs * bits / 32)
            set.add(name + ".weight_scale", "BF16", outputs, inputs / 128)
            set.add(name + ".weight_zero_point", "I32", outputs * bits / 32, inputs / 128)
            set.add(name + ".weight_g_idx", "I32", inputs)
            set.add(name + ".weight_shape", "I64", 2)
        }
    }

    static let int8: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "I8", outputs, inputs)
        set.add(name + ".weight_scale", "BF16", outputs, 1)
    }

    /// compressed-tensors, `nvfp4-pack-quantized`.
    static let nvfp4Packed: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight_packed", "U8", outputs, inputs / 2)
        set.add(name + ".weight_scale", "F8_E4M3", outputs, inputs / 16)
        set.add(name + ".weight_global_scale", "F32", 1)
        set.add(name + ".input_global_scale", "F32", 1)
    }

    /// NVIDIA's ModelOpt.
    static let nvfp4: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "U8", outputs, inputs / 2)
        set.add(name + ".weight_scale", "F8_E4M3", outputs, inputs / 16)
        set.add(name + ".weight_scale_2", "F32")
        set.add(name + ".input_scale", "F32")
    }

    /// AMD's Quark.
    static let mxfp4: Linear = { set, name, outputs, inputs in
        set.add(name + ".weight", "U8", outputs, inputs / 2)
        set.add(name + ".weight_scale", "U8", outputs, inputs / 32)
    }

    /// A dense model of Qwen2's kind.
    static func qwen2(
        layers: Int, hidden: Int, inner: Int, keys: Int, vocabulary: Int, tied: Bool = false, _ linear: Linear = plain
    ) -> TensorSet {
        var set = TensorSet()
        set.add("model.embed_tokens.weight", "BF16", vocabulary, hidden)
        if !tied { set.add("lm_head.weight", "BF16", vocabulary, hidden) }
        set.add("model.norm.weight", "BF16", hidden)
        for layer in 0..<layers {
            let name = "model.layers.\(layer)"
            for (part, outputs) in [("q", hidden), ("k", keys), ("v", keys)] {
                linear(&set, "\(name).self_attn.\(part)_proj", outputs, hidden)
                set.add("\(name).self_attn.\(part)_proj.bias", "BF16", outputs)
            }
            linear(&set, "\(name).self_attn.o_proj", hidden, hidden)
            linear(&set, "\(name).mlp.gate_proj", inner, hidden)
            linear(&set, "\(name).mlp.up_proj", inner, hidden)
            linear(&set, "\(name).mlp.down_proj", hidden, inner)
            set.add("\(name).input_layernorm.weight", "BF16", hidden)
            set.add("\(name).post_attention_layernorm.weight", "BF16", hidden)
        }
        return set
    }

    static func qwen72B(_ linear: Linear = plain) -> TensorSet {
        qwen2(layers: 80, hidden: 8192, inner: 29568, keys: 1024, vocabulary: 152064, linear)
    }

    /// Mixtral 8x7B.
    static func mixtral(_ linear: Linear = plain) -> TensorSet {
        var set = TensorSet()
        set.add("model.embed_tokens.weight", "BF16", 32000, 4096)
        set.add("lm_head.weight", "BF16", 32000, 4096)
        set.add("model.norm.weight", "BF16", 4096)
        for layer in 0..<32 {
            let name = "model.layers.\(layer)"
            for (part, outputs) in [("q", 4096), ("k", 1024), ("v", 1024), ("o", 4096)] {
                linear(&set, "\(name).self_attn.\(part)_proj", outputs, 4096)
            }
            set.add("\(name).block_sparse_moe.gate.weight", "BF16", 8, 4096)
            for expert in 0..<8 {
                linear(&set, "\(name).block_sparse_moe.experts.\(expert).w1", 14336, 4096)
                linear(&set, "\(name).block_sparse_moe.experts.\(expert).w2", 4096, 14336)
                linear(&set, "\(name).block_sparse_moe.experts.\(expert).w3", 14336, 4096)
            }
            set.add("\(name).input_layernorm.weight", "BF16", 4096)
            set.add("\(name).post_attention_layernorm.weight", "BF16", 4096)
        }
        return set
    }

    /// gpt-oss-20b: the experts of a layer in one tensor, MXFP4.
    static let gptOSS: TensorSet = {
        var set = TensorSet()
        set.add("model.embed_tokens.weight", "BF16", 201088, 2880)
        set.add("lm_head.weight", "BF16", 201088, 2880)
        set.add("model.norm.weight", "BF16", 2880)
        for layer in 0..<24 {
            let name = "model.layers.\(layer)"
            for (part, outputs) in [("q", 4096), ("k", 512), ("v", 512)] {
                set.add("\(name).self_attn.\(part)_proj.weight", "BF16", outputs, 2880)
                set.add("\(name).self_attn.\(part)_proj.bias", "BF16", outputs)
            }
            set.add("\(name).self_attn.o_proj.weight", "BF16", 2880, 4096)
            set.add("\(name).self_attn.o_proj.bias", "BF16", 2880)
            set.add("\(name).self_attn.sinks", "BF16", 64)
            set.add("\(name).mlp.router.weight", "BF16", 32, 2880)
            set.add("\(name).mlp.router.bias", "BF16", 32)
            for (part, outputs) in [("gate_up", 5760), ("down", 2880)] {
                set.add("\(name).mlp.experts.\(part)_proj_blocks", "U8", 32, outputs, 90, 16)
                set.add("\(name).mlp.experts.\(part)_proj_scales", "U8", 32, outputs, 90)
                set.add("\(name).mlp.experts.\(part)_proj_bias", "BF16", 32, outputs)
            }
            set.add("\(name).input_layernorm.weight", "BF16", 2880)
            set.add("\(name).post_attention_layernorm.weight", "BF16", 2880)
        }
        return set
    }()

    /// DeepSeek-V3: FP8, 61 layers of which 58 have experts, one of them shared, and a layer that predicts a further token.
    static let deepSeekV3: TensorSet = {
        var set = TensorSet()
        func attention(_ name: String) {
            fp8Blocks(&set, "\(name).self_attn.q_a_proj", 1536, 7168)
            fp8Blocks(&set, "\(name).self_attn.q_b_proj", 24576, 1536)
            fp8Blocks(&set, "\(name).self_attn.kv_a_proj_with_mqa", 576, 7168)
            fp8Blocks(&set, "\(name).self_attn.kv_b_proj", 32768, 512)
            fp8Blocks(&set, "\(name).self_attn.o_proj", 7168, 16384)
            set.add("\(name).self_attn.q_a_layernorm.weight", "BF16", 1536)
            set.add("\(name).self_attn.kv_a_layernorm.weight", "BF16", 512)
            set.add("\(name).input_layernorm.weight", "BF16", 7168)
            set.add("\(name).post_attention_layernorm.weight", "BF16", 7168)
        }
        func inner(_ name: String, _ width: Int) {
            fp8Blocks(&set, "\(name).gate_proj", width, 7168)
            fp8Blocks(&set, "\(name).up_proj", width, 7168)
            fp8Blocks(&set, "\(name).down_proj", 7168, width)
        }
        for name in ["model.embed_tokens.weight", "lm_head.weight"] { set.add(name, "BF16", 129280, 7168) }
        set.add("model.norm.weight", "BF16", 7168)
        for layer in 0..<62 {
            let name = "model.layers.\(layer)"
            attention(name)
            if layer < 3 {
                inner("\(name).mlp", 18432)
                continue
            }
            set.add("\(name).mlp.gate.weight", "BF16", 256, 7168)
            set.add("\(name).mlp.gate.e_score_correction_bias", "F32", 256)
            inner("\(name).mlp.shared_experts", 2048)
            for expert in 0..<256 { inner("\(name).mlp.experts.\(expert)", 2048) }
        }
        set.add("model.layers.61.eh_proj.weight", "BF16", 7168, 14336)
        set.add("model.layers.61.embed_tokens.weight", "BF16", 129280, 7168)
        set.add("model.layers.61.shared_head.head.weight", "BF16", 129280, 7168)
        return set
    }()
}

func checkpointConfig(_ json: String) throws -> CheckpointConfig {
    try CheckpointConfig(CheckpointJSON(Data(json.utf8), name: "config.json", in: "m"), in: "m")
}

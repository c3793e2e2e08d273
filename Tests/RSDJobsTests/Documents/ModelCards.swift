@testable import Checkpoints
import Foundation

/// The checkpoints that the jobs of the repository name: their config.json and the headers of their weights, and what is known of them
/// from elsewhere.
struct ModelCard: Sendable {
    /// The repository on the hub, or the folder beside the job.
    var name: String
    /// config.json, as far as it matters here.
    var config: String
    var tensors: @Sendable () -> TensorSet
    var template: String?
    /// Weights that a token passes through, by the model card or its authors' paper.
    var parameters: Double
    /// GB of weights in memory, by the sizes of the files on the hub.
    var gigabytes: Double
    /// Bytes of cache per token in 16 bits: 2 (key and value) × layers × heads × width × 2.
    var cachePerToken: Int

    static func named(_ name: String) -> ModelCard? { all.first { $0.name == name } }

    static let all = [
        ModelCard(
            name: "Qwen/Qwen2.5-Math-1.5B-Instruct", config: qwen2(1536, 8960, 28, 12, 2, 151_936, 4096, tied: true),
            tensors: { .qwen2(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936, tied: true) },
            template: "{{ messages }}", parameters: 1.54e9, gigabytes: 3.09, cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-1.5B-Instruct", config: qwen2(1536, 8960, 28, 12, 2, 151_936, 32768, tied: true),
            tensors: { .qwen2(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936, tied: true) },
            template: "{{ messages }}", parameters: 1.54e9, gigabytes: 3.09, cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-Math-7B-Instruct", config: qwen2(3584, 18944, 28, 28, 4, 152_064, 4096),
            tensors: { .qwen2(layers: 28, hidden: 3584, inner: 18944, keys: 512, vocabulary: 152_064) },
            template: "{{ messages }}", parameters: 7.62e9, gigabytes: 15.23, cachePerToken: 2 * 28 * 4 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-7B-Instruct", config: qwen2(3584, 18944, 28, 28, 4, 152_064, 32768),
            tensors: { .qwen2(layers: 28, hidden: 3584, inner: 18944, keys: 512, vocabulary: 152_064) },
            template: "{{ messages }}", parameters: 7.62e9, gigabytes: 15.23, cachePerToken: 2 * 28 * 4 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-Math-72B-Instruct", config: qwen2(8192, 29568, 80, 64, 8, 152_064, 4096),
            tensors: { .qwen72B() }, template: "{{ messages }}", parameters: 72.7e9, gigabytes: 145.4,
            cachePerToken: 2 * 80 * 8 * 128 * 2),
        // Its inner width is padded, so that groups of 128 can be divided between eight GPUs.
        ModelCard(
            name: "Qwen/Qwen2.5-72B-Instruct-AWQ",
            config: qwen2(
                8192, 29696, 80, 64, 8, 152_064, 32768,
                more:
                    #""quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true}"#
            ),
            tensors: {
                .qwen2(
                    layers: 80, hidden: 8192, inner: 29696, keys: 1024, vocabulary: 152_064, TensorSet.awq)
            }, template: "{{ messages }}", parameters: 72.7e9, gigabytes: 41.6, cachePerToken: 2 * 80 * 8 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4",
            config: qwen2(
                3584, 18944, 28, 28, 4, 152_064, 32768,
                more: #""quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128}"#),
            tensors: {
                .qwen2(layers: 28, hidden: 3584, inner: 18944, keys: 512, vocabulary: 152_064, TensorSet.gptq(4))
            }, template: "{{ messages }}", parameters: 7.62e9, gigabytes: 5.58, cachePerToken: 2 * 28 * 4 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen3-8B-FP8",
            config: qwen3(
                4096, 12288, 36, 32, 8, tied: false, architecture: "Qwen3ForCausalLM", type: "qwen3",
                more:
                    #""quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128], "fmt": "e4m3"}"#),
            tensors: {
                .qwen3(layers: 36, hidden: 4096, inner: 12288, heads: 32, groups: 8, linear: TensorSet.fp8Blocks)
            }, template: "{{ messages }}", parameters: 8.19e9, gigabytes: 9.44, cachePerToken: 2 * 36 * 8 * 128 * 2),
        // Value heads instead of a language model's, whose weights would not be used.
        ModelCard(
            name: "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B",
            config: qwen2(
                1536, 8960, 28, 12, 2, 151_936, 4096, tied: true, architecture: "Qwen2ForPrmModel"),
            tensors: { .skywork(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936, tied: true) },
            parameters: 1.54e9, gigabytes: 3.09, cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-7B",
            config: qwen2(3584, 18944, 28, 28, 4, 152_064, 4096, architecture: "Qwen2ForPrmModel"),
            tensors: { .skywork(layers: 28, hidden: 3584, inner: 18944, keys: 512, vocabulary: 152_064) },
            parameters: 7.07e9, gigabytes: 14.14, cachePerToken: 2 * 28 * 4 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen2.5-Math-PRM-7B",
            config: qwen2(3584, 18944, 28, 28, 4, 152_064, 4096, architecture: "Qwen2ForProcessRewardModel"),
            tensors: {
                var set = TensorSet.qwen2(
                    layers: 28, hidden: 3584, inner: 18944, keys: 512, vocabulary: 152_064, tied: true)
                set.add("score.0.weight", "BF16", 3584, 3584)
                set.add("score.0.bias", "BF16", 3584)
                set.add("score.2.weight", "BF16", 2, 3584)
                set.add("score.2.bias", "BF16", 2)
                return set
            }, template: "{{ messages }}", parameters: 7.08e9, gigabytes: 14.17, cachePerToken: 2 * 28 * 4 * 128 * 2),
        ModelCard(
            name: "meta-llama/Llama-3.2-1B-Instruct",
            config: llama(2048, 8192, 16, 32, 8, 64, tied: true),
            tensors: { .llama(layers: 16, hidden: 2048, inner: 8192, keys: 512, tied: true) },
            template: "{{ strftime_now('%d %b %Y') }}", parameters: 1.24e9, gigabytes: 2.47,
            cachePerToken: 2 * 16 * 8 * 64 * 2),
        ModelCard(
            name: "meta-llama/Llama-3.1-8B-Instruct", config: llama(4096, 14336, 32, 32, 8, 128, tied: false),
            tensors: { .llama(layers: 32, hidden: 4096, inner: 14336, keys: 1024, tied: false) },
            template: "{{ messages }}", parameters: 8.03e9, gigabytes: 16.06, cachePerToken: 2 * 32 * 8 * 128 * 2),
        ModelCard(
            name: "RLHFlow/Llama3.1-8B-PRM-Deepseek-Data", config: llama(4096, 14336, 32, 32, 8, 128, tied: false),
            tensors: { .llama(layers: 32, hidden: 4096, inner: 14336, keys: 1024, tied: false) },
            template: "{{ messages }}", parameters: 8.03e9, gigabytes: 16.06, cachePerToken: 2 * 32 * 8 * 128 * 2),
        // One number instead of a language model's head, and a token to pad with.
        ModelCard(
            name: "Skywork/Skywork-Reward-Llama-3.1-8B",
            config: llama(
                4096, 14336, 32, 32, 8, 128, tied: false, vocabulary: 128_257,
                architecture: "LlamaForSequenceClassification"),
            tensors: {
                var set = TensorSet.llama(
                    layers: 32, hidden: 4096, inner: 14336, keys: 1024, tied: true, vocabulary: 128_257)
                set.add("score.weight", "BF16", 1, 4096)
                return set
            }, template: "{{ messages }}", parameters: 7.50e9, gigabytes: 15.01, cachePerToken: 2 * 32 * 8 * 128 * 2),
        // The folders that docs/methods.md has a recipe for: the same layers with two heads.
        ModelCard(
            name: "./merged/draft", config: qwen2(1536, 8960, 28, 12, 2, 151_936, 4096, tied: true),
            tensors: { .qwen2(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936, tied: true) },
            template: "{{ messages }}", parameters: 1.54e9, gigabytes: 3.09, cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "./merged/prm",
            config: qwen2(
                1536, 8960, 28, 12, 2, 151_936, 4096, tied: true, architecture: "Qwen2ForPrmModel"),
            tensors: { .skywork(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936, tied: true) },
            parameters: 1.54e9, gigabytes: 3.09, cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
            config: qwen2(1536, 8960, 28, 12, 2, 151_936, 131_072),
            tensors: { .qwen2(layers: 28, hidden: 1536, inner: 8960, keys: 256, vocabulary: 151_936) },
            template: GenerationPromptTests.templates[2].end + "</think>", parameters: 1.78e9, gigabytes: 3.55,
            cachePerToken: 2 * 28 * 2 * 128 * 2),
        ModelCard(
            name: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
            config: qwen2(5120, 27648, 64, 40, 8, 152_064, 131_072),
            tensors: { .qwen2(layers: 64, hidden: 5120, inner: 27648, keys: 1024, vocabulary: 152_064) },
            template: GenerationPromptTests.templates[2].end + "</think>", parameters: 32.76e9, gigabytes: 65.5,
            cachePerToken: 2 * 64 * 8 * 128 * 2),
        ModelCard(
            name: "Qwen/QwQ-32B", config: qwen2(5120, 27648, 64, 40, 8, 152_064, 40_960),
            tensors: { .qwen2(layers: 64, hidden: 5120, inner: 27648, keys: 1024, vocabulary: 152_064) },
            template: GenerationPromptTests.templates[2].end + "</think>", parameters: 32.76e9, gigabytes: 65.5,
            cachePerToken: 2 * 64 * 8 * 128 * 2),
        // The embedding is stored twice: 4.06 GB of files, of which engines load 3.44.
        ModelCard(
            name: "Qwen/Qwen3-1.7B",
            config: qwen3(2048, 6144, 28, 16, 8, tied: true, architecture: "Qwen3ForCausalLM", type: "qwen3"),
            tensors: { .qwen3(layers: 28, hidden: 2048, inner: 6144, heads: 16, groups: 8) },
            template: GenerationPromptTests.templates[0].end, parameters: 1.72e9, gigabytes: 3.44,
            cachePerToken: 2 * 28 * 8 * 128 * 2),
        ModelCard(
            name: "Qwen/Qwen3-30B-A3B",
            config: qwen3(
                2048, 6144, 48, 32, 4, tied: false, architecture: "Qwen3MoeForCausalLM", type: "qwen3_moe",
                more: #""num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768"#),
            tensors: { .qwen3(layers: 48, hidden: 2048, inner: 768, heads: 32, groups: 4, experts: 128) },
            template: GenerationPromptTests.templates[0].end, parameters: 3.35e9, gigabytes: 61.06,
            cachePerToken: 2 * 48 * 4 * 128 * 2),
    ]

    // MARK: config.json

    private static func qwen2(
        _ hidden: Int, _ inner: Int, _ layers: Int, _ heads: Int, _ groups: Int, _ vocabulary: Int, _ context: Int,
        tied: Bool = false, architecture: String = "Qwen2ForCausalLM", more: String? = nil
    ) -> String {
        #"{"architectures": ["\#(architecture)"], "model_type": "qwen2", "hidden_size": \#(hidden), "#
            + #""intermediate_size": \#(inner), "num_hidden_layers": \#(layers), "num_attention_heads": \#(heads), "#
            + #""num_key_value_heads": \#(groups), "vocab_size": \#(vocabulary), "max_position_embeddings": \#(context), "#
            + #""tie_word_embeddings": \#(tied), "torch_dtype": "bfloat16"\#(more.map { ", " + $0 } ?? "")}"#
    }

    private static func llama(
        _ hidden: Int, _ inner: Int, _ layers: Int, _ heads: Int, _ groups: Int, _ width: Int, tied: Bool,
        vocabulary: Int = 128_256, architecture: String = "LlamaForCausalLM"
    ) -> String {
        #"{"architectures": ["\#(architecture)"], "model_type": "llama", "hidden_size": \#(hidden), "head_dim": \#(width), "#
            + #""intermediate_size": \#(inner), "num_hidden_layers": \#(layers), "num_attention_heads": \#(heads), "#
            + #""num_key_value_heads": \#(groups), "vocab_size": \#(vocabulary), "max_position_embeddings": 131072, "#
            + #""tie_word_embeddings": \#(tied), "torch_dtype": "bfloat16"}"#
    }

    private static func qwen3(
        _ hidden: Int, _ inner: Int, _ layers: Int, _ heads: Int, _ groups: Int, tied: Bool, architecture: String,
        type: String, more: String? = nil
    ) -> String {
        #"{"architectures": ["\#(architecture)"], "model_type": "\#(type)", "hidden_size": \#(hidden), "head_dim": 128, "#
            + #""intermediate_size": \#(inner), "num_hidden_layers": \#(layers), "num_attention_heads": \#(heads), "#
            + #""num_key_value_heads": \#(groups), "vocab_size": 151936, "max_position_embeddings": 40960, "#
            + #""tie_word_embeddings": \#(tied), "torch_dtype": "bfloat16"\#(more.map { ", " + $0 } ?? "")}"#
    }

    // MARK: Files

    /// Writes the checkpoint; its weights are a hole in a file.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        try write(config, "config.json")
        try write(#"{"model": {"type": "BPE", "vocab": {"a": 0, "+": 1, "-": 2}, "merges": []}}"#, "tokenizer.json")
        if let template { try write(template, "chat_template.jinja") }
        let file = folder.appending(path: "model.safetensors")
        let (header, size) = tensors().safetensorsHeader
        try header.write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: UInt64(header.count + size))
        try handle.close()
    }
}

extension TensorSet {
    static func skywork(
        layers: Int, hidden: Int, inner: Int, keys: Int, vocabulary: Int, tied: Bool = false
    ) -> TensorSet {
        var set = qwen2(layers: layers, hidden: hidden, inner: inner, keys: keys, vocabulary: vocabulary, tied: tied)
        set.add("v_head.summary.weight", "BF16", 1, hidden)
        set.add("v_head.summary.bias", "BF16", 1)
        return set
    }

    static func llama(
        layers: Int, hidden: Int, inner: Int, keys: Int, tied: Bool, vocabulary: Int = 128_256
    ) -> TensorSet {
        var set = qwen2(layers: layers, hidden: hidden, inner: inner, keys: keys, vocabulary: vocabulary, tied: tied)
        set.tensors = set.tensors.filter { !$0.key.hasSuffix("proj.bias") }
        return set
    }

    /// Qwen3, dense or with experts. Like the small models on the hub, it has its embedding twice.
    static func qwen3(
        layers: Int, hidden: Int, inner: Int, heads: Int, groups: Int, experts: Int? = nil, linear: Linear = plain
    ) -> TensorSet {
        var set = TensorSet()
        for name in ["model.embed_tokens.weight", "lm_head.weight"] { set.add(name, "BF16", 151_936, hidden) }
        set.add("model.norm.weight", "BF16", hidden)
        for layer in 0..<layers {
            let name = "model.layers.\(layer)"
            for (part, count) in [("q", heads), ("k", groups), ("v", groups)] {
                linear(&set, "\(name).self_attn.\(part)_proj", count * 128, hidden)
            }
            linear(&set, "\(name).self_attn.o_proj", hidden, heads * 128)
            for part in ["q_norm", "k_norm"] { set.add("\(name).self_attn.\(part).weight", "BF16", 128) }
            for part in ["input_layernorm", "post_attention_layernorm"] {
                set.add("\(name).\(part).weight", "BF16", hidden)
            }
            if let experts { set.add("\(name).mlp.gate.weight", "BF16", experts, hidden) }
            for place in experts.map({ (0..<$0).map { "\(name).mlp.experts.\($0)" } }) ?? ["\(name).mlp"] {
                linear(&set, "\(place).gate_proj", inner, hidden)
                linear(&set, "\(place).up_proj", inner, hidden)
                linear(&set, "\(place).down_proj", hidden, inner)
            }
        }
        return set
    }

    /// The beginning of a safetensors file, and the bytes of tensors that follow.
    var safetensorsHeader: (Data, Int) {
        var (offset, entries) = (0, [String]())
        for (name, tensor) in tensors {
            entries.append(
                #""\#(name)":{"dtype":"\#(tensor.type)","shape":\#(tensor.shape),"data_offsets":[\#(offset),\#(offset + tensor.bytes)]}"#
            )
            offset += tensor.bytes
        }
        let json = Data("{\(entries.joined(separator: ","))}".utf8)
        return (withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json, offset)
    }
}

@testable import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("The number of a checkpoint's weights")
struct WeightCountTests {
    private func size(_ set: TensorSet, _ json: String = "{}") throws -> ModelSize {
        let config = try checkpointConfig(json)
        return WeightCount.size(
            set.tensors, config: config,
            quantisation: config["quantization_config"]?.object.map { CheckpointJSON(fields: $0) },
            source: "headers")
    }

    private static let qwen72B = 72_706_203_648

    @Test(
        "a packed checkpoint has as many weights as the one it was made from",
        arguments: [
            ("gptq 4", TensorSet.gptq(4), #"{"quant_method": "gptq", "bits": 4}"#),
            ("gptq 2", TensorSet.gptq(2), #"{"quant_method": "gptq", "bits": 2}"#),
            ("gptq 3", TensorSet.gptq(3), #"{"quant_method": "gptq", "bits": 3}"#),
            ("gptq 8, bits alone", TensorSet.gptq(8, order: false), #"{"quant_method": "gptq", "bits": 8}"#),
            ("gptq 3, zero points alone", TensorSet.gptq(3, order: false), #"{"quant_method": "gptq"}"#),
            (
                "gptq of other bits in some layers", TensorSet.gptq(8),
                #"{"quant_method": "gptq", "bits": 4, "dynamic": {}}"#
            ),
            (
                "gptq of other bits in some layers, zero points alone", TensorSet.gptq(8, order: false),
                #"{"quant_method": "auto-round", "bits": 4, "extra_config": {}}"#
            ),
            ("auto-round", TensorSet.gptq(4, order: false), #"{"quant_method": "auto-round", "bits": 4}"#),
            ("awq", TensorSet.awq, #"{"quant_method": "awq", "bits": 4, "group_size": 128}"#),
            ("bitsandbytes 4", TensorSet.fourBits(), #"{"quant_method": "bitsandbytes", "load_in_4bit": true}"#),
            ("bitsandbytes 4 in bfloat16", TensorSet.fourBits(storage: "BF16"), #"{"quant_method": "bitsandbytes"}"#),
            ("bitsandbytes 8", TensorSet.eightBits, #"{"quant_method": "bitsandbytes", "load_in_8bit": true}"#),
            ("fp8", TensorSet.fp8, #"{"quant_method": "fp8"}"#),
            ("fp8 in blocks", TensorSet.fp8Blocks, #"{"quant_method": "fp8", "weight_block_size": [128, 128]}"#),
            (
                "compressed-tensors 4", TensorSet.packed(4),
                #"{"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 4}}}}"#
            ),
            (
                "compressed-tensors 8", TensorSet.packed(8),
                #"{"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 8}}}}"#
            ),
            ("compressed-tensors int8", TensorSet.int8, #"{"quant_method": "compressed-tensors"}"#),
            ("compressed-tensors fp8", TensorSet.fp8, #"{"quant_method": "compressed-tensors"}"#),
            ("compressed-tensors nvfp4", TensorSet.nvfp4Packed, #"{"quant_method": "compressed-tensors"}"#),
            ("modelopt nvfp4", TensorSet.nvfp4, #"{"quant_method": "modelopt", "quant_algo": "NVFP4"}"#),
            ("quark mxfp4", TensorSet.mxfp4, #"{"quant_method": "quark"}"#),
        ] as [(String, TensorSet.Linear, String)])
    func packed(name: String, linear: TensorSet.Linear, quantisation: String) throws {
        let size = try size(.qwen72B(linear), #"{"quantization_config": \#(quantisation)}"#)
        #expect(size.parameters == Self.qwen72B, "\(size.source)")
        #expect(size.total == Self.qwen72B)
        #expect(size.source.hasPrefix("headers, unpacked from "))
    }

    @Test(
        "what nothing says how to unpack is unknown, with the reason",
        arguments: [
            "hqq", "aqlm",
        ])
    func unknownMethods(method: String) throws {
        let size = try size(.qwen72B(), #"{"quantization_config": {"quant_method": "\#(method)"}}"#)
        #expect(size.parameters == nil)
        #expect(size.source.names(method))
        #expect(size.fault(of: .target)?.names("target", "FLOPs", method, "models.target.parameters") == true)
    }

    @Test("tensors of unknown packing leave the number unknown")
    func unknownTensors() throws {
        var set = TensorSet()
        set.add("a.weight", "U8", 4, 4)
        #expect(try size(set).source.names("U8", "a.weight"))
        #expect(try size(set, #"{"quantization_config": {"quant_method": "quark"}}"#).parameters == nil)
        // QuIP# packs weights into I64; a type that nobody knows may hold anything.
        for type in ["I64", "Q9"] {
            var packed = TensorSet()
            packed.add("a.Qidxs", type, 4, 4)
            packed.add("b.weight", "BF16", 4, 4)
            #expect(try size(packed).source.names(type, "a.Qidxs"))
        }
        // Scales are no weights, even where config.json says nothing of them.
        var scaled = TensorSet()
        TensorSet.fp8Blocks(&scaled, "a", 256, 256)
        #expect(try size(scaled).parameters == 256 * 256)
        var words = TensorSet()
        words.add("a.qweight", "I32", 4, 4)
        #expect(try size(words).parameters == nil)
        var odd = TensorSet()
        odd.add("a.weight_packed", "I32", 10, 10)
        let threeBits = #"{"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 3}}}}"#
        #expect(try size(odd, #"{"quantization_config": \#(threeBits)}"#).parameters == nil)
    }

    @Test("tied embeddings count once, wherever the output layer is stored beside them")
    func tied() throws {
        let apart = TensorSet.qwen2(layers: 1, hidden: 64, inner: 128, keys: 32, vocabulary: 100)
        let once = TensorSet.qwen2(layers: 1, hidden: 64, inner: 128, keys: 32, vocabulary: 100, tied: true)
        let count = try #require(try size(once).parameters)
        #expect(try size(apart).parameters == count + 6400)
        #expect(try size(apart, #"{"tie_word_embeddings": true}"#).parameters == count)
        #expect(try size(apart, #"{"tie_word_embeddings": false, "model_type": "gemma2"}"#).parameters == count + 6400)
        #expect(try size(apart, #"{"model_type": "gemma2"}"#).parameters == count)
        #expect(
            try size(apart, #"{"tie_word_embeddings": true}"#).source.contains(
                "the output layer, which is the embedding"))
        var multimodal = TensorSet()
        for (name, tensor) in apart.tensors { multimodal.tensors["language_model." + name] = tensor }
        #expect(try size(multimodal, #"{"text_config": {"tie_word_embeddings": true}}"#).parameters == count)
    }

    @Test("of a mixture of experts a token meets some: shared ones, and of the others those that the router chooses")
    func mixtures() throws {
        let config = #"{"num_local_experts": 8, "num_experts_per_tok": 2}"#
        let mixtral = try size(.mixtral(), config)
        #expect([mixtral.total, mixtral.parameters] == [46_702_792_704, 12_879_925_248])
        #expect(mixtral.source == "headers, 2 of 8 experts")
        let packed = try size(
            .mixtral(TensorSet.awq),
            #"{"num_local_experts": 8, "num_experts_per_tok": 2, "quantization_config": {"quant_method": "awq", "bits": 4}}"#
        )
        #expect([packed.total, packed.parameters] == [46_702_792_704, 12_879_925_248])

        let oss = try size(
            .gptOSS,
            #"{"num_local_experts": 32, "num_experts_per_tok": 4, "quantization_config": {"quant_method": "mxfp4"}}"#)
        #expect(oss.total == 20_914_757_184)
        let resting = 24 * 28 * (5760 * 2880 + 5760 + 2880 * 2880 + 2880)
        #expect(oss.parameters == 20_914_757_184 - resting)

        let deepSeek = try size(
            .deepSeekV3,
            #"{"n_routed_experts": 256, "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_nextn_predict_layers": 1, "quantization_config": {"quant_method": "fp8"}}"#
        )
        #expect(deepSeek.total == 671_026_419_200)
        #expect(deepSeek.parameters == 671_026_419_200 - 58 * 248 * 3 * 2048 * 7168)
        #expect(deepSeek.source.contains("without layers that predict further tokens"))
    }

    @Test(
        "where it is not said how many experts a token meets, N is unknown and the total is not",
        arguments: [
            #"{"num_local_experts": 8}"#, #"{"num_local_experts": 8, "num_experts_per_tok": 9}"#,
            #"{"num_local_experts": 4, "num_experts_per_tok": 2}"#,
            #"{"num_local_experts": 8, "num_experts_per_tok": 0}"#,
            #"{"num_local_experts": [8, 4], "num_experts_per_tok": 2}"#,
            #"{"num_local_experts": 8, "moe_topk": [1, 2]}"#,
            #"{"num_local_experts": 8, "moe_topk": 2, "zero_expert_num": 4}"#,
        ])
    func unclearMixtures(config: String) throws {
        let size = try size(.mixtral(), config)
        if config.contains("[8, 4]") {
            // The names of the experts tell it all the same.
            #expect(size.parameters == 12_879_925_248)
        } else {
            #expect(size.parameters == nil)
        }
        #expect(size.total == 46_702_792_704)
    }

    @Test("experts in one tensor are counted as experts")
    func expertsInOneTensor() throws {
        var set = TensorSet()
        set.add("model.embed_tokens.weight", "BF16", 10, 8)
        set.add("model.layers.0.feed_forward.experts.gate_up_proj", "BF16", 4, 8, 32)
        set.add("model.layers.0.feed_forward.experts.down_proj", "BF16", 4, 16, 8)
        set.add("model.layers.0.feed_forward.shared_expert.up_proj.weight", "BF16", 16, 8)
        #expect(
            try size(set, #"{"text_config": {"num_local_experts": 4, "num_experts_per_tok": 1}}"#).parameters == 80
                + 128 + 384)
        var granite = TensorSet()
        granite.add("model.layers.0.block_sparse_moe.input_linear.weight", "BF16", 4, 32, 8)
        granite.add("model.layers.0.block_sparse_moe.router.layer.weight", "BF16", 4, 8)
        #expect(try size(granite, #"{"num_local_experts": 4, "num_experts_per_tok": 2}"#).parameters == 512 + 32)
        // Experts that nothing is known of.
        let dense = TensorSet.qwen2(layers: 1, hidden: 64, inner: 128, keys: 32, vocabulary: 100)
        #expect(try size(dense, #"{"num_experts": 8, "num_experts_per_tok": 2}"#).parameters == nil)
        #expect(try size(dense, #"{"num_experts": 1, "num_experts_per_tok": 1}"#).parameters != nil)
    }

    @Test("parts for images and buffers are no weights that text meets")
    func leftOut() throws {
        var set = TensorSet.qwen2(layers: 1, hidden: 64, inner: 128, keys: 32, vocabulary: 100)
        let count = try #require(try size(set).parameters)
        set.add("visual.blocks.0.attn.qkv.weight", "BF16", 30, 30)
        #expect(try size(set, #"{"vision_config": {}}"#).parameters == count)
        #expect(try size(set).parameters == count)
        set.tensors["visual.blocks.0.attn.qkv.weight"] = nil
        // LLaVA of its authors, Phi-3 Vision and Molmo: config.json has no section for images.
        set.add("model.mm_projector.0.weight", "BF16", 30, 30)
        set.add("model.image_newline", "BF16", 30)
        set.add("model.vision_embed_tokens.img_projection.0.weight", "BF16", 30, 30)
        set.add("model.vision_backbone.image_vit.transformer.resblocks.0.attention.wq.weight", "BF16", 30, 30)
        #expect(try size(set).parameters == count)
        set.add("model.embed_tokens_extend.audio_embed.encoder.conv.0.weight", "BF16", 30, 30)
        set.add("projector.layers.0.weight", "BF16", 30, 30)
        #expect(try size(set).parameters == count + 900)
        #expect(try size(set, #"{"vision_config": {}}"#).parameters == count)
        set.tensors["projector.layers.0.weight"] = nil
        set.add("model.layers.0.self_attn.rotary_emb.inv_freq", "F32", 32)
        set.add("transformer.h.0.attn.bias", "F32", 1, 1, 64, 64)
        set.add("transformer.h.0.attn.masked_bias", "F32")
        set.add("model.embeddings.position_ids", "I64", 1, 512)
        set.add("h.0.mask", "BOOL", 1, 1, 8, 8)
        #expect(try size(set).parameters == count)
        set.add("mtp.layers.0.mlp.up_proj.weight", "BF16", 10, 10)
        #expect(try size(set).parameters == count)
    }
}

@testable import Checkpoints
import Foundation
import Testing

@Suite("The memory of a checkpoint")
struct CheckpointMemoryTests {
    private func memory(_ config: String, _ stored: [String: Int] = [:]) throws -> CheckpointMemory {
        var memory = CheckpointMemory(config: try checkpointConfig(config))
        memory.stored = stored
        return memory
    }

    @Test("weights are turned to the type that is computed in; packed ones and whole numbers stay as they are")
    func weights() throws {
        let stored = ["F32": 400, "BF16": 200, "F16": 20, "I64": 8, "F8_E4M3": 5]
        let plain = try memory("{}", stored)
        #expect(plain.weights(as: .half) == 200 + 200 + 20 + 8 + 5)
        #expect(plain.weights(as: .float) == 400 + 400 + 40 + 8 + 5)
        let packed = try memory(#"{"quantization_config": {"quant_method": "gptq"}}"#, stored)
        #expect(packed.weights(as: .half) == 633)
        #expect(packed.weights(as: .float) == 633)
    }

    @Test(
        "a token's cache has the keys and values of all layers",
        arguments: [
            // Qwen2.5-7B, a model with a head of its own width, one without groups, a text model within another, DeepSeek-V2.
            (
                #"{"num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4, "hidden_size": 3584}"#,
                28672
            ),
            (
                #"{"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32, "hidden_size": 64}"#,
                256
            ),
            (#"{"num_hidden_layers": 32, "num_attention_heads": 32, "hidden_size": 4096}"#, 262144),
            (
                #"{"hidden_size": 1, "text_config": {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 8}}"#,
                32
            ),
            (
                #"{"num_hidden_layers": 27, "num_attention_heads": 16, "kv_lora_rank": 512, "qk_rope_head_dim": 64}"#,
                15552
            ),
            ("{}", nil), (#"{"num_hidden_layers": 2, "num_attention_heads": 0, "hidden_size": 8}"#, nil),
        ] as [(String, Int?)])
    func cache(config: String, numbers: Int?) throws {
        let memory = try memory(config)
        #expect(memory.cacheNumbersPerToken == numbers)
        #expect(memory.cachePerToken(as: .half) == 2 * (numbers ?? 0))
    }

    @Test("a checkpoint's own files tell it")
    func files() throws {
        let fixture = try SpecFixture()
        try fixture.write(#"{"max_position_embeddings": 77}"#, to: "models/draft/config.json")
        let memory = try ModelFiles(directory: fixture.path("models/draft")).memory
        #expect(memory.stored == ["F16": 18])
        #expect(memory.contextLength == 77)
    }
}

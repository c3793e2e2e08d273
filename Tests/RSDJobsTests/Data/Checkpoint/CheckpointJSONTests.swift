@testable import Checkpoints
@testable import Decoding
import Foundation
import TestSupport
@testable import JobSpecs
@testable import Runner
import Testing

@Suite("JSON as Python reads it")
struct CheckpointJSONTests {
    private func read(_ text: String) throws -> CheckpointJSON {
        try CheckpointJSON(Data(text.utf8), name: "config.json", in: "m")
    }

    @Test(
        "what json.loads takes is taken",
        arguments: [
            (#"{"a": Infinity}"#, Double.infinity), (#"{"a": -Infinity}"#, -.infinity), (#"{"a": 1e400}"#, .infinity),
            (#"{"a": 1, "a": 2}"#, 2), (#"{"a": 123456789012345678901234567890}"#, 1.2345678901234568e29),
            (#"{"a": -0.0}"#, 0),
            ("\u{FEFF}{\"a\": 3}", 3), (" \r\n\t{\"a\":\n4}\n", 4), (#"{"a": {"__float__": "Infinity"}}"#, .infinity),
            (#"{"a": 2, "b": "\ud800", "c": "\udc00x"}"#, 2),
            (#"{"a": 1E2, "b": [], "c": {}, "d": [[[[null]]]]}"#, 100),
        ])
    func taken(text: String, number: Double) throws {
        #expect(try read(text)["a"]?.double == number)
    }

    @Test("numbers that JSON does not have are read as Python reads them")
    func notANumber() throws {
        #expect(try read(#"{"a": NaN}"#)["a"]?.double?.isNaN == true)
        #expect(try read(#"{"a": true}"#)["a"]?.truth == true)
        #expect(try read(#"{"a": 9223372036854775808}"#)["a"]?.whole == nil)
        #expect(try read(#"{"a": 32.0}"#)["a"]?.whole == 32)
        #expect(try read(#"{"a": 32.5}"#)["a"]?.whole == nil)
        #expect(try read("\u{FEFF}{}").hasByteOrderMark)
    }

    @Test(
        "what it refuses is refused in a sentence",
        arguments: [
            "", "[]", "3", "{", "{\"a\":}", "{\"a\": 1,}", "{'a': 1}", "{\"a\": 01}", "{\"a\": 1} x", "// c\n{}",
            "{\"a\": +1}",
            "{\"a\": nan}", "{\"a\": Inf}", "{\"a\": \"\n\"}", "{\"a\": --1}",
            "version https://git-lfs.github.com/spec/v1\n",
        ])
    func refused(text: String) {
        #expect(throws: ModelFilesError.self) { try read(text) }
    }

    @Test(
        "sizes that no model has are named",
        arguments: [
            (#"{"num_hidden_layers": 9223372036854775807}"#, "num_hidden_layers 9223372036854775807"),
            (#"{"num_hidden_layers": -1}"#, "num_hidden_layers -1"),
            (#"{"hidden_size": 1e400}"#, "hidden_size 1e400"),
            (#"{"num_attention_heads": NaN}"#, "num_attention_heads NaN"),
            (#"{"head_dim": 0.5}"#, "head_dim 0.5"),
            (#"{"max_position_embeddings": 0}"#, "max_position_embeddings 0"),
            (
                #"{"text_config": {"kv_lora_rank": 123456789012345678901234567890}}"#,
                "kv_lora_rank 123456789012345678901234567890"
            ),
        ])
    func absurd(json: String, what: String) {
        let error = #expect(throws: ModelFilesError.self) { try checkpointConfig(json) }
        let key = what.split(separator: " ").map(String.init)
        #expect(error?.description.names("config.json", "m", key[0], key[1]) == true)
    }

    @Test("no numbers in config.json trap, whatever they are")
    func fuzz() throws {
        let numbers = [
            "0", "-0", "1", "-1", "7", "2147483648", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808",
            "1e308", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "0.5", "null", "\"12\"", "[3, 4]", "{}", "true",
        ]
        let keys = [
            "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "hidden_size", "head_dim",
            "kv_lora_rank",
            "qk_rope_head_dim", "max_position_embeddings", "num_local_experts", "num_experts_per_tok",
            "num_nextn_predict_layers", "moe_topk", "zero_expert_num", "tie_word_embeddings", "quantization_config",
        ]
        var random = SeededRandom(seed: 5)
        let set = TensorSet.qwen2(layers: 2, hidden: 64, inner: 128, keys: 32, vocabulary: 100)
        var taken = 0
        for round in 0..<800 {
            // Most of them good, so that some get past the door.
            let fields = keys.map { key in
                let number =
                    Int.random(in: 0..<8, using: &random) == 0 ? numbers.randomElement(using: &random)! : "2147483647"
                return "\"\(key)\": \(number)"
            }
            let all = "{\(fields.joined(separator: ", "))}"
            let text = round.isMultiple(of: 2) ? all : #"{"text_config": \#(all)}"#
            guard let config = try? checkpointConfig(text) else { continue }
            taken += 1
            var memory = CheckpointMemory(config: config)
            memory.stored = ["BF16": .max, "F32": 1 << 60]
            let other = memory.with(memory)
            _ = (other.weights(as: .float), other.cachePerToken(as: .float))
            _ = WeightCount.size(set.tensors, config: config, quantisation: nil, source: "")
            for role in Role.named {
                let spec = JobSpec.sample(args: [argument("tensor-parallel-size", "9223372036854775807")])
                let demand = ModelDemand(
                    EngineID(role.rawValue), model: ModelSpec(model: "m", context: 1_000_000_000), memory: other,
                    job: spec,
                    sideBySide: .max)
                _ = (demand.usefulCache, demand.greatestCache)
                _ = try? ResidencyPlan(spec, models: [role: other], on: Machines.gpu())
            }
        }
        #expect(taken > 20)
    }
}

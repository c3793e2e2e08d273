import Foundation
import TestSupport
import Testing

@testable import PocketEngine

@Suite("Checkpoints") struct CheckpointTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What loading says of a spoilt copy.
    private func fault(about folder: URL) -> String {
        do {
            try Engine(folder: folder, threads: 1).stop()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func spoilt(_ file: String, _ change: (inout Data) -> Void) throws -> URL {
        let folder = try Fixture.tied.copy(to: scratch)
        let path = folder.appending(path: file)
        var data = try Data(contentsOf: path)
        change(&data)
        try data.write(to: path)
        return folder
    }

    @Test("truncated files are noticed")
    func truncated() throws {
        #expect(
            fault(about: try spoilt("model.safetensors") { $0 = $0.prefix(5) }).contains(
                "truncated, no header"))
        #expect(
            fault(about: try spoilt("model.safetensors") { $0 = $0.prefix(100) })
                .contains("truncated, the header claims"))
        #expect(
            fault(about: try spoilt("model.safetensors") { $0 = $0.dropLast(1) })
                .contains("is not fully covered by the file"))
        #expect(
            fault(about: try spoilt("config.json") { $0 = $0.dropLast(9) }).contains("not valid JSON"))
    }

    @Test("missing tensors and unknown types are named")
    func tensors() throws {
        func replacing(_ old: String, _ new: String) throws -> URL {
            try spoilt("model.safetensors") { data in
                guard let range = data.range(of: Data(old.utf8)) else { return }
                data.replaceSubrange(range, with: Data(new.utf8))
            }
        }
        #expect(
            fault(about: try replacing("model.norm.weight", "model.morn.weight"))
                .hasSuffix("tensor model.norm.weight is missing"))
        #expect(
            fault(about: try replacing("\"BF16\"", "\"F8E4\"")).contains("dtype F8E4, only BF16 and F32"))
        #expect(fault(about: try replacing("{\"", "[\"")).contains("header: not valid JSON"))
    }

    @Test("shapes are checked")
    func shapes() throws {
        let folder = try Fixture.tied.copy(to: scratch, changing: "config.json", ["intermediate_size": 96])
        #expect(
            fault(about: folder).hasSuffix(
                "mlp.gate_proj.weight has shape [80, 48], config.json asks for [96, 48]"))
    }

    @Test("missing files are named")
    func missingFiles() throws {
        for file in ["config.json", "model.safetensors", "tokenizer.json"] {
            let folder = try Fixture.tied.copy(to: scratch)
            try FileManager.default.removeItem(at: folder.appending(path: file))
            #expect(fault(about: folder).hasSuffix("\(file): cannot be read"))
        }
        #expect(fault(about: URL(filePath: "/no/such/model")).hasPrefix("Invalid local directory"))
    }

    @Test("unsupported models are refused")
    func unsupported() throws {
        func fault(_ changes: [String: any Sendable], _ fixture: Fixture = .tied) throws -> String {
            self.fault(about: try fixture.copy(to: scratch, changing: "config.json", changes))
        }
        #expect(
            try fault(["architectures": ["LlamaForCausalLM"]])
                .hasPrefix("Model architectures [\"LlamaForCausalLM\"] are not supported for now."))
        #expect(try fault(["architectures": NSNull()]).contains("are not supported for now."))
        #expect(try fault(["hidden_act": "gelu"]).contains("hidden_act"))
        #expect(try fault(["use_sliding_window": true]).contains("sliding window"))
        #expect(try fault(["rope_parameters": ["rope_type": "yarn"]]).contains("rope type yarn"))
        #expect(try fault(["hidden_size": "wide"]).contains("hidden_size has the wrong type"))
        #expect(try fault(["vocab_size": NSNull()]).contains("vocab_size is missing"))
        #expect(
            try fault(["id2label": ["0": "a", "1": "b"]], .prm).contains(
                "needs one label, this one has 2"))
    }

    @Test("the end of text comes from generation_config.json first")
    func endOfText() throws {
        let folder = try Fixture.untied.copy(to: scratch, changing: "generation_config.json", ["eos_token_id": [5, 9]])
        #expect(try ModelConfig(folder: folder).endOfText == [5, 9])
        try FileManager.default.removeItem(at: folder.appending(path: "generation_config.json"))
        #expect(try ModelConfig(folder: folder).endOfText.count == 2)
    }

    @Test("a context longer than the model's is refused")
    func context() {
        #expect {
            try Fixture.tied.engine(maxModelLength: 257)
        } throws: {
            "\($0)".hasPrefix("User-specified max_model_len (257) is greater than the derived max_model_len")
        }
    }
}

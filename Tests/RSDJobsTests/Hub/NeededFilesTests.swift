import Testing

@testable import Hub

@Suite("The files that an engine needs") struct NeededFilesTests {
    private func needed(_ names: [String]) -> [String] {
        NeededFiles.of(names.map { HubFile(name: $0, size: 1) }).map(\.name)
    }

    private let settings = [
        "generation_config.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "vocab.json",
    ]

    @Test("of several forms of the weights, safetensors; the last file is the one without which nothing loads")
    func safetensors() {
        let shards = [
            "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json",
        ]
        let others = [
            "README.md", "LICENSE", ".gitattributes", "original/params.json", "original/consolidated.00.pth",
            "original/tokenizer.model", "consolidated.safetensors", "consolidated.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack", "model.gguf", "onnx/model.onnx",
            "onnx/decoder.py", "training_args.bin", "optimizer.pt", "assets/plot.png", "model.fp16.safetensors",
            "adapter_model.safetensors", "eval/results.json", "rust_model.ot",
        ]
        #expect(needed(["config.json"] + shards + settings + others) == (settings + shards).sorted() + ["config.json"])
    }

    @Test("without safetensors, PyTorch's file or its parts")
    func pytorch() {
        #expect(
            needed(["config.json", "pytorch_model.bin", "training_args.bin", "tf_model.h5"]) == [
                "pytorch_model.bin", "config.json",
            ])
        let parts = [
            "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json",
        ]
        #expect(needed(["config.json"] + parts) == parts + ["config.json"])
    }

    @Test("code, chat templates and tokenizers of all kinds")
    func small() {
        let names = [
            "1_Pooling/config.json", "additional_chat_templates/tool_use.jinja", "chat_template.jinja",
            "code/layers.py",
            "configuration_x.py", "model.safetensors", "modules.json", "qwen.tiktoken", "sentencepiece.bpe.model",
            "spiece.model",
            "tekken.json", "tokenizer.model", "tokenizer.model.v3", "vocab.txt",
        ]
        #expect(needed(names + ["config.json"]) == names + ["config.json"])
    }

    @Test("a repository without weights that engines read is told by what it has instead")
    func faults() {
        func fault(_ names: String...) -> String? { NeededFiles.fault(of: names.map { HubFile(name: $0, size: 1) }) }
        #expect(fault("config.json", "model.safetensors") == nil)
        #expect(fault("config.json", "pytorch_model.bin.index.json") == nil)
        #expect(fault("model.safetensors")?.contains("config.json") == true)
        #expect(fault("config.json", "model-Q4.gguf")?.contains("*.gguf") == true)
        #expect(fault("adapter_config.json", "adapter_model.safetensors")?.contains("LoRA") == true)
        #expect(fault("README.md") != nil)
    }
}

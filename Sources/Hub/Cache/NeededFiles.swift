/// Which files of a model's repository an engine needs: one form of its weights, its settings, tokenizer and code.
package enum NeededFiles {
    /// The needed files of a commit; `config.json` is the last: a snapshot that has it has all.
    package static func of(_ files: [HubFile]) -> [HubFile] {
        let form = WeightForm(files)
        let needed = files.filter { form.takes($0.name) || isSmall($0.name) }.sorted { $0.name < $1.name }
        return needed.filter { $0.name != lastFile } + needed.filter { $0.name == lastFile }
    }

    /// Whether every program that has loaded the model has downloaded this file, if there is one: without it, the model would load, and
    /// might write something else.
    package static func isEssential(_ name: String) -> Bool {
        [
            lastFile, "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
            "chat_template.jinja",
        ].contains(name)
    }

    /// Why a repository cannot be served: it has no weights that engines read; nil if it has.
    package static func fault(of files: [HubFile]) -> String? {
        let names = files.map(\.name)
        guard WeightForm(files) == .none else {
            return names.contains(lastFile) ? nil : "it has no \(lastFile)"
        }
        if names.contains("adapter_config.json") { return "it is an adapter (LoRA): merge it into its base model" }
        let kinds = [".gguf", ".onnx", ".h5", ".msgpack", ".pth", ".npz"].filter { kind in
            names.contains { $0.hasSuffix(kind) }
        }
        let found = kinds.isEmpty ? "" : ", only \(kinds.map { "*" + $0 }.joined(separator: ", "))"
        return "it has neither model.safetensors nor pytorch_model.bin\(found)"
    }

    private static let lastFile = "config.json"

    /// The form of the weights that engines prefer.
    private enum WeightForm {
        case safetensors, pytorch, none

        init(_ files: [HubFile]) {
            let names = Set(files.map(\.name))
            self =
                !names.isDisjoint(with: ["model.safetensors", "model.safetensors.index.json"])
                ? .safetensors
                : !names.isDisjoint(with: ["pytorch_model.bin", "pytorch_model.bin.index.json"]) ? .pytorch : .none
        }

        /// Whether a file is part of the weights in this form. Others of its kind are copies for other programs (`consolidated`),
        /// variants (`model.fp16.safetensors`), adapters, or left from training.
        func takes(_ name: String) -> Bool {
            switch self {
            case .safetensors:
                name.hasSuffix(".safetensors") && !name.contains("/") && !name.hasPrefix("consolidated")
                    && !name.hasPrefix("adapter_")
                    && name.wholeMatch(of: /.*\.(fp16|bf16|fp32)(-[0-9-]+of[0-9-]+)?\.safetensors/) == nil
                    || name == "model.safetensors.index.json"
            case .pytorch:
                name.hasPrefix("pytorch_model") && name.hasSuffix(".bin") || name == "pytorch_model.bin.index.json"
            case .none: false
            }
        }
    }

    /// Whether it is one of the files that an engine may read beside the weights. In subfolders, these are code, chat templates
    /// and the settings of pooling layers.
    private static func isSmall(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let file = parts.last, !parts.contains(where: { $0.hasPrefix(".") }) else { return false }
        let end = file.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if parts.count > 1 {
            return end == "py" && !others.contains(String(parts[0])) || end == "jinja"
                || end == "json" && parts[0].prefixMatch(of: /[0-9]+_/) != nil
        }
        return !name.hasSuffix(".index.json") && !ends.contains(end) && file.contains(".")
    }

    /// Folders with the files of other programs.
    private static let others: Set = ["original", "onnx", "openvino", "coreml", "metal", "gguf", "mlx", "tf", "flax"]

    /// Endings of weights, documents, pictures and archives.
    private static let ends: Set = [
        "safetensors", "bin", "pt", "pth", "ckpt", "gguf", "ggml", "onnx", "onnx_data", "h5", "msgpack", "ot", "npz",
        "npy", "tflite",
        "mlmodel", "nemo", "llamafile", "pkl", "pickle", "joblib", "engine", "pdparams", "params", "md", "rst", "pdf",
        "html", "ipynb",
        "png", "jpg", "jpeg", "gif", "svg", "webp", "mp4", "wav", "mp3", "csv", "tsv", "parquet", "jsonl", "arrow",
        "zip", "gz", "tar",
        "tgz", "xz", "zst", "7z", "log", "sh", "lock", "toml",
    ]
}

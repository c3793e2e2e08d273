import Foundation
import ModelLifecycle
import Support

/// Why a directory cannot be served as a model.
package struct ModelFilesError: ProgramError, Equatable {
    package var description: String
    /// Whether it is because files are missing that a whole checkpoint has.
    package var lacksFiles = false
    package var explanation: Explanation { Explanation("model-files", .badJob, description, remedy: nil) }

    package init(_ description: String, lacksFiles: Bool = false) {
        (self.description, self.lacksFiles) = (description, lacksFiles)
    }
}

/// A Hugging Face checkpoint, described from its files without loading it.
package struct ModelFiles: Sendable, Equatable {
    /// The basis of the FLOPs.
    package var size: ModelSize
    /// The memory needed to serve it.
    package var memory: CheckpointMemory
    /// Its weight files, in the order in which engines load them.
    package var weights: [WeightFile] = []
    /// SHA-256 over the configuration, the tokenizer, and sizes, headers and samples of the weights: cheap to compute,
    /// and different once the checkpoint is replaced.
    package var fingerprint: String
    /// `architectures` of config.json; empty if missing.
    package var architectures: [String]
    /// The chat template (Jinja); nil if the checkpoint has none.
    package var chatTemplate: String?
    /// JSON files that start with a byte order mark, which `transformers` refuses.
    package var marked: [String] = []

    /// Files other than the weights that change what a model writes.
    private static let smallFiles = [
        "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
    ]

    /// Reads a checkpoint, and throws if an engine could not load it.
    package init(directory: String) throws(ModelFilesError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            throw ModelFilesError(
                "there is no directory \(directory); a model is a directory, or a name on the Hugging Face hub such as "
                    + "Qwen/Qwen2.5-Math-7B-Instruct")
        }
        guard isDirectory.boolValue else {
            throw ModelFilesError("\(directory) is a file; a model must be a directory with config.json")
        }
        let root = URL(filePath: directory)
        guard let file = try CheckpointJSON.read("config.json", in: directory) else {
            throw ModelFilesError(
                "\(directory) has no readable config.json" + WeightFiles.otherKind(directory), lacksFiles: true)
        }
        let config = try CheckpointConfig(file, in: directory)
        architectures = config.architectures
        var hash = SHA256()
        for name in Self.smallFiles {
            guard let content = FileManager.default.contents(atPath: root.appending(path: name).path) else {
                continue
            }
            hash.update(field: name)
            hash.update(field: SHA256.hex(bytes: content))
        }
        let quantisation = try Self.quantisation(config, in: directory)
        memory = CheckpointMemory(config: config)
        memory.isQuantised = quantisation != nil
        var files: [any WeightsFile] = []
        let set = try WeightFiles(directory)
        for name in set.names {
            let file = try set.read(name, config: config)
            files.append(file)
            weights.append(
                WeightFile(path: root.appending(path: name).path, size: Int(clamping: file.fileSize)))
            for field in [name, String(file.fileSize), file.digest] { hash.update(field: field) }
        }
        memory.add(files, of: config)
        size = try set.size(files, config: config, quantisation: quantisation)
        fingerprint = hash.hex()
        let tokenizer = try CheckpointJSON.read("tokenizer_config.json", in: directory)
        chatTemplate = try Self.chatTemplate(directory, tokenizer)
        marked = [("config.json", file), ("tokenizer_config.json", tokenizer)].compactMap {
            $1?.hasByteOrderMark == true ? $0 : nil
        }
    }

    /// The packing of the weights, from config.json or, for older tools, from a separate file.
    private static func quantisation(
        _ config: CheckpointConfig, in directory: String
    ) throws(ModelFilesError) -> CheckpointJSON? {
        for key in ["quantization_config", "compression_config"] {
            if let fields = config[key]?.object { return CheckpointJSON(fields: fields) }
        }
        for name in ["quantize_config.json", "quant_config.json", "hf_quant_config.json"] {
            if let file = try CheckpointJSON.read(name, in: directory) { return file }
        }
        return nil
    }

    /// A separate file takes precedence over `tokenizer_config.json`, where several templates have names and `default`
    /// is used; a multimodal model may keep it with its processor.
    private static func chatTemplate(
        _ directory: String, _ tokenizer: CheckpointJSON?
    ) throws(ModelFilesError) -> String? {
        if let file = FileManager.default.contents(atPath: directory + "/chat_template.jinja") {
            return String(decoding: file, as: UTF8.self)
        }
        switch tokenizer?["chat_template"] {
        case .string(let text): return text
        case .list(let named):
            return named.lazy.compactMap(\.object).first { $0["name"]?.text == "default" }?["template"]?.text
        default: return try CheckpointJSON.read("chat_template.json", in: directory)?["chat_template"]?.text
        }
    }

    /// The number of weights that a text token passes through; nil if unknown.
    package static func parameterCount(directory: String) throws(ModelFilesError) -> Int? {
        try ModelFiles(directory: directory).size.parameters
    }
}

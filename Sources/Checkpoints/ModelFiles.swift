import Foundation
import ModelLifecycle
import Support

/// Why a directory is no model that can be served.
package struct ModelFilesError: ProgramError, Equatable {
    package var description: String
    package var explanation: Explanation { Explanation("model-files", .badJob, description, remedy: nil) }

    package init(_ description: String) {
        self.description = description
    }
}

/// What the files of a Hugging Face checkpoint tell without loading it.
package struct ModelFiles: Sendable, Equatable {
    /// What FLOPs are counted from.
    package var size: ModelSize
    /// What it takes to serve it.
    package var memory: CheckpointMemory
    /// The files of its weights, in the order in which engines load them.
    package var weights: [WeightFile] = []
    /// SHA-256 over the configuration, the tokenizer, and sizes, headers and samples of the weights: cheap, and it
    /// changes when the checkpoint is replaced.
    package var fingerprint: String
    /// What config.json calls the model's kind; empty where it does not say.
    package var architectures: [String]
    /// The Jinja template that a conversation is rendered with; nil where the checkpoint has none.
    package var chatTemplate: String?
    /// JSON files that begin with a byte order mark, which `transformers` refuses.
    package var marked: [String] = []

    /// Files besides the weights that change what a model writes.
    private static let smallFiles = [
        "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
    ]

    /// Looks at a checkpoint, and refuses one that an engine could not load.
    package init(directory: String) throws(ModelFilesError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            throw ModelFilesError("there is no directory \(directory); a model is a local directory")
        }
        guard isDirectory.boolValue else {
            throw ModelFilesError("\(directory) is a file; a model is a directory with config.json")
        }
        let root = URL(filePath: directory)
        guard let file = try CheckpointJSON.read("config.json", in: directory) else {
            throw ModelFilesError(
                "\(directory) has no config.json that can be read" + WeightFiles.otherKind(directory))
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
            memory.stored.merge(file.bytesByType) { $0.plus($1) }
            for field in [name, String(file.fileSize), file.digest] { hash.update(field: field) }
        }
        size = try set.size(files, config: config, quantisation: quantisation)
        fingerprint = hash.hex()
        let tokenizer = try CheckpointJSON.read("tokenizer_config.json", in: directory)
        chatTemplate = try Self.chatTemplate(directory, tokenizer)
        marked = [("config.json", file), ("tokenizer_config.json", tokenizer)].compactMap {
            $1?.hasByteOrderMark == true ? $0 : nil
        }
    }

    /// How the weights are packed: as config.json says, or in a file of its own, as older tools wrote it.
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

    /// A file of its own goes before `tokenizer_config.json`, where several have names and `default` is the one to use; a model
    /// for images too may keep it with its processor.
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

    /// The number of a checkpoint's weights that a token meets; nil where it is not known.
    package static func parameterCount(directory: String) throws(ModelFilesError) -> Int? {
        try ModelFiles(directory: directory).size.parameters
    }
}

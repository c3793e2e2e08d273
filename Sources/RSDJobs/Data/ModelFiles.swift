import Foundation

/// Why a directory is no model that can be served.
public struct ModelFilesError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What the files of a Hugging Face checkpoint tell without loading it.
public struct ModelFiles: Sendable, Equatable {
    /// Numbers in all tensors: what FLOPs are counted from. Exact for safetensors files.
    public var parameterCount: Int
    /// How ``parameterCount`` is known, for those who read numbers that come from it.
    public var parameterSource: String
    /// What it takes to serve it.
    public var memory: CheckpointMemory
    /// SHA-256 over the configuration, the tokenizer, and sizes, headers and samples of the weights: cheap, and it
    /// changes when the checkpoint is replaced.
    public var fingerprint: String
    /// What config.json calls the model's kind; empty where it does not say.
    public var architectures: [String]
    /// The Jinja template that a conversation is rendered with; nil where the checkpoint has none.
    public var chatTemplate: String?

    /// Files besides the weights that change what a model writes.
    private static let smallFiles = [
        "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
    ]

    /// Looks at a checkpoint, and refuses one that an engine could not load.
    public init(directory: String) throws(ModelFilesError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            throw ModelFilesError("there is no directory \(directory); a model is a local directory")
        }
        guard isDirectory.boolValue else {
            throw ModelFilesError("\(directory) is a file; a model is a directory with config.json")
        }
        let root = URL(filePath: directory)
        guard let config = FileManager.default.contents(atPath: root.appending(path: "config.json").path)
        else {
            throw ModelFilesError("\(directory) has no config.json that can be read")
        }
        guard let settings = (try? JSONSerialization.jsonObject(with: config)) as? [String: Any] else {
            throw ModelFilesError("config.json in \(directory) is not a JSON object")
        }
        architectures = settings["architectures"] as? [String] ?? []
        var hash = SHA256()
        for name in Self.smallFiles {
            guard let content = FileManager.default.contents(atPath: root.appending(path: name).path) else {
                continue
            }
            hash.update(field: name)
            hash.update(field: SHA256.hex(bytes: content))
        }
        parameterCount = 0
        parameterSource = ""
        memory = CheckpointMemory(config: settings)
        for name in try Self.weightFiles(root) {
            let weights: any WeightsFile
            do throws(ModelFilesError) {
                weights = try Self.weights(root.appending(path: name), config: settings)
            } catch {
                throw ModelFilesError("in \(directory), \(error)")
            }
            parameterCount += weights.parameterCount
            parameterSource = weights.parameterSource
            memory.stored.merge(weights.bytesByType, uniquingKeysWith: +)
            for field in [name, String(weights.fileSize), weights.digest] { hash.update(field: field) }
        }
        fingerprint = hash.hex()
        chatTemplate = Self.chatTemplate(root)
    }

    /// A file of its own goes before `tokenizer_config.json`, where several have names and `default` is the one to use.
    private static func chatTemplate(_ root: URL) -> String? {
        struct Config: Decodable { var chat_template: Written? }
        enum Written: Decodable {
            struct Named: Decodable { var name, template: String }
            case one(String)
            case several([Named])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    self = .one(text)
                } else {
                    self = .several(try container.decode([Named].self))
                }
            }
        }
        func content(_ name: String) -> Data? { FileManager.default.contents(atPath: root.appending(path: name).path) }
        if let file = content("chat_template.jinja") { return String(decoding: file, as: UTF8.self) }
        let config = content("tokenizer_config.json").flatMap { try? JSONDecoder().decode(Config.self, from: $0) }
        switch config?.chat_template {
        case .one(let text): return text
        case .several(let named): return named.first { $0.name == "default" }?.template
        case nil: return nil
        }
    }

    /// Numbers in all tensors of a checkpoint.
    public static func parameterCount(directory: String) throws(ModelFilesError) -> Int {
        try ModelFiles(directory: directory).parameterCount
    }

    private static func weights(_ file: URL, config: [String: Any]) throws(ModelFilesError) -> any WeightsFile {
        if file.pathExtension == "bin" { return try PyTorchWeights(file: file, config: config) }
        return try SafetensorsHeader(file: file)
    }

    /// `model.safetensors`, or the shards that its index names; where there is neither, the same of PyTorch's files, which
    /// engines load then.
    private static func weightFiles(_ root: URL) throws(ModelFilesError) -> [String] {
        for single in ["model.safetensors", "pytorch_model.bin"] {
            if FileManager.default.fileExists(atPath: root.appending(path: single).path) { return [single] }
            let index = single + ".index.json"
            if let content = FileManager.default.contents(atPath: root.appending(path: index).path) {
                return try shards(of: content, named: index, root)
            }
        }
        throw ModelFilesError(
            "\(root.path) has no model.safetensors, no model.safetensors.index.json, and no pytorch_model.bin")
    }

    private static func shards(of content: Data, named index: String, _ root: URL) throws(ModelFilesError) -> [String] {
        struct Index: Decodable { var weight_map: [String: String] }
        guard let map = try? JSONDecoder().decode(Index.self, from: content).weight_map, !map.isEmpty else {
            throw ModelFilesError("\(index) in \(root.path) has no weight map")
        }
        let shards = Set(map.values).sorted()
        for shard in shards where !FileManager.default.fileExists(atPath: root.appending(path: shard).path) {
            throw ModelFilesError("\(root.path) lacks the shard \(shard) that its index names")
        }
        return shards
    }
}

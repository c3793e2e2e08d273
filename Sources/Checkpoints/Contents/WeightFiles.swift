import Foundation

/// What one file of weights tells without being loaded.
protocol WeightsFile {
    /// nil where the file does not tell.
    var tensors: [String: StoredTensor]? { get }
    /// Where that is known from.
    var source: String { get }
    /// Bytes of all tensors, by the type in which they are stored: `BF16`, `I32`.
    var bytesByType: [String: Int] { get }
    /// The size of the whole file, in bytes.
    var fileSize: UInt64 { get }
    /// SHA-256 of samples, so that other weights of the same shape are noticed.
    var digest: String { get }
}

/// The files of a checkpoint's weights: `model.safetensors`, or the shards that its index names; where there is neither, the
/// same of PyTorch's files, which engines load then.
struct WeightFiles {
    let names: [String]
    private let directory: String
    /// The shard of each tensor, as an index has it, and the index's own name.
    private var index: (name: String, map: [String: String])?

    /// - Throws: ``ModelFilesError`` where there are none, or not all of them.
    init(_ directory: String) throws(ModelFilesError) {
        self.directory = directory
        for single in ["model.safetensors", "pytorch_model.bin"] {
            if Self.exists(single, in: directory) {
                names = [single]
                return
            }
            let name = single + ".index.json"
            guard let file = try CheckpointJSON.read(name, in: directory) else { continue }
            let map = (file["weight_map"]?.object ?? [:]).compactMapValues(\.text)
            guard !map.isEmpty else { throw ModelFilesError("\(name) in \(directory) has no weight map") }
            names = Set(map.values).sorted()
            index = (name, Dictionary(map.map { ($0.key, $0.value) }) { first, _ in first })
            for shard in names where !Self.exists(shard, in: directory) {
                throw ModelFilesError("\(directory) lacks the shard \(shard) that its index names")
            }
            return
        }
        throw ModelFilesError(
            "\(directory) has no model.safetensors, no model.safetensors.index.json, and no pytorch_model.bin"
                + Self.otherKind(directory))
    }

    private static func exists(_ name: String, in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/" + name)
    }

    /// What a directory is that has no such weights, and what to do; empty where nothing tells.
    static func otherKind(_ directory: String) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        if names.contains("adapter_config.json") {
            return "; it is an adapter (LoRA): merge it into its base model and name the result"
        }
        if names.contains(where: { $0.hasSuffix(".gguf") }) { return "; GGUF files are not supported" }
        if names.contains(where: { $0.hasPrefix("consolidated") }) {
            return "; its weights are in their maker's own format: download the one for transformers"
        }
        return ""
    }

    /// Whether it is a file, or a link to one: a pipe would be waited for.
    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    func read(_ name: String, config: CheckpointConfig) throws(ModelFilesError) -> any WeightsFile {
        let file = URL(filePath: directory).appending(path: name)
        guard Self.isFile(file.path) else { throw ModelFilesError("\(name) in \(directory) is no file") }
        do throws(ModelFilesError) {
            if file.pathExtension == "bin" { return try PyTorchWeights(file: file, config: config) }
            return try SafetensorsHeader(file: file)
        } catch {
            throw ModelFilesError("in \(directory), \(error)")
        }
    }

    /// - Parameter files: those of ``names``, in the same order.
    func size(
        _ files: [any WeightsFile], config: CheckpointConfig, quantisation: CheckpointJSON?
    ) throws(ModelFilesError) -> ModelSize {
        var all: [String: StoredTensor] = [:]
        for (name, file) in zip(names, files) {
            guard let tensors = file.tensors else {
                return ModelSize(parameters: nil, source: "\(name) does not tell what tensors it has")
            }
            all.merge(tensors) { first, _ in first }
        }
        // Of tied weights PyTorch's files have one of the names.
        if let index, index.name.hasPrefix("model.") {
            let held = Dictionary(zip(names, files.map(\.tensors))) { first, _ in first }
            for (tensor, shard) in index.map.sorted(by: { $0.key < $1.key }) where held[shard]??[tensor] == nil {
                throw ModelFilesError(
                    "\(index.name) in \(directory) says that \(tensor) is in \(shard), and it is not; download both again"
                )
            }
        }
        guard !all.isEmpty else { throw ModelFilesError("the files of weights in \(directory) hold none") }
        return WeightCount.size(all, config: config, quantisation: quantisation, source: files.first?.source ?? "")
    }
}

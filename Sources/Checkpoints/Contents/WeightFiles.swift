import Foundation

/// What is known of a weight file without loading it.
protocol WeightsFile {
    /// nil if the file does not list them.
    var tensors: [String: StoredTensor]? { get }
    /// Where that information comes from.
    var source: String { get }
    /// Bytes of all tensors by their stored type: `BF16`, `I32`.
    var bytesByType: [String: Int] { get }
    /// The size of the whole file, in bytes.
    var fileSize: UInt64 { get }
    /// SHA-256 of samples, which detects other weights of the same shape.
    var digest: String { get }
}

/// The weight files of a checkpoint: `model.safetensors`, or the shards in its index; if there is neither, PyTorch's
/// equivalents, which engines then load.
struct WeightFiles {
    let names: [String]
    private let directory: String
    /// The shard of each tensor according to an index, and the index's file name.
    private var index: (name: String, map: [String: String])?

    /// - Throws: ``ModelFilesError`` if there are none, or some are missing.
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
                throw ModelFilesError("\(directory) lacks the shard \(shard) listed in its index", lacksFiles: true)
            }
            return
        }
        throw ModelFilesError(
            "\(directory) has no model.safetensors, no model.safetensors.index.json, and no pytorch_model.bin"
                + Self.otherKind(directory), lacksFiles: true)
    }

    private static func exists(_ name: String, in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/" + name)
    }

    /// What a directory without such weights contains instead, and what to do; empty if unknown.
    static func otherKind(_ directory: String) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        if names.contains("adapter_config.json") {
            return "; it is an adapter (LoRA): merge it into its base model and name the result"
        }
        if names.contains(where: { $0.hasSuffix(".gguf") }) { return "; GGUF files are not supported" }
        if names.contains(where: { $0.hasPrefix("consolidated") }) {
            return "; its weights are in the vendor's own format: download the transformers version"
        }
        return ""
    }

    /// Whether it is a regular file or a link to one; opening a pipe would block.
    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    func read(_ name: String, config: CheckpointConfig) throws(ModelFilesError) -> any WeightsFile {
        let file = URL(filePath: directory).appending(path: name)
        guard Self.isFile(file.path) else { throw ModelFilesError("\(name) in \(directory) is not a regular file") }
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
                return ModelSize(parameters: nil, source: "\(name) does not list its tensors")
            }
            all.merge(tensors) { first, _ in first }
        }
        // PyTorch's files have only one of the names of tied weights.
        if let index, index.name.hasPrefix("model.") {
            let held = Dictionary(zip(names, files.map(\.tensors))) { first, _ in first }
            for (tensor, shard) in index.map.sorted(by: { $0.key < $1.key }) where held[shard]??[tensor] == nil {
                throw ModelFilesError(
                    "\(index.name) in \(directory) lists \(tensor) in \(shard), which does not contain it; download both again"
                )
            }
        }
        guard !all.isEmpty else { throw ModelFilesError("the weight files in \(directory) contain no tensors") }
        return WeightCount.size(all, config: config, quantisation: quantisation, source: files.first?.source ?? "")
    }
}

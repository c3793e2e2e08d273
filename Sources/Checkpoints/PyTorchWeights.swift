import Foundation

/// Weights saved by PyTorch (`pytorch_model.bin`), the format of some PRMs, which vLLM loads too: an archive with a
/// pickle that lists the tensors. Files from before PyTorch 1.6 are a single pickle and list nothing.
struct PyTorchWeights: WeightsFile {
    let tensors: [String: StoredTensor]?
    let source = "pickled headers"
    let bytesByType: [String: Int]
    let fileSize: UInt64
    let digest: String

    private static let types = ["float32": "F32", "float16": "F16", "bfloat16": "BF16"]

    /// - Parameter config: config.json, which gives the number type if the file does not.
    init(file: URL, config: CheckpointConfig) throws(ModelFilesError) {
        let name = file.lastPathComponent
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            fileSize = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            let start = try handle.read(upToCount: 8) ?? Data()
            guard fileSize > 0 else { throw ModelFilesError("\(name) is empty") }
            guard start != GitPointer.start.prefix(8) else { throw ModelFilesError(GitPointer.explanation(name)) }
            let isArchive = start.starts(with: Data("PK".utf8))
            guard isArchive || start.first == 0x80 else {
                throw ModelFilesError("\(name) is not a PyTorch file")
            }
            tensors = isArchive ? try Self.tensors(handle, size: fileSize, name: name) : nil
            digest = try SafetensorsHeader.digest(header: start, of: handle, from: 0, to: fileSize)
        } catch let error as ModelFilesError {
            throw error
        } catch {
            throw ModelFilesError("\(name) cannot be read")
        }
        let named = config.first(of: ["dtype", "torch_dtype"])?.text ?? "float32"
        bytesByType =
            tensors?.values.reduce(into: [:]) { $0[$1.type, default: 0] += $1.bytes }
            ?? [Self.types[named] ?? "F32": Int(clamping: fileSize)]
    }

    private static func tensors(
        _ handle: FileHandle, size: UInt64, name: String
    ) throws(ModelFilesError) -> [String: StoredTensor]? {
        guard let archive = ZipDirectory(handle, size: size) else { throw ModelFilesError("\(name) is truncated") }
        let pickle = archive.entries.first { $0.name.hasSuffix("/data.pkl") || $0.name == "data.pkl" }
        return pickle.flatMap { archive.content(of: $0, in: handle) }.flatMap(PickledTensors.init)?.tensors
    }
}

import Foundation

/// What one file of weights tells without being loaded.
protocol WeightsFile {
    /// Numbers in all tensors together.
    var parameterCount: Int { get }
    /// How that is known.
    var parameterSource: String { get }
    /// Bytes of all tensors, by the type in which they are stored: `BF16`, `I32`.
    var bytesByType: [String: Int] { get }
    /// The size of the whole file, in bytes.
    var fileSize: UInt64 { get }
    /// SHA-256 of samples, so that other weights of the same shape are noticed.
    var digest: String { get }
}

extension SafetensorsHeader: WeightsFile {}

/// Weights as PyTorch saves them (`pytorch_model.bin`), in which some PRMs are published and which vLLM loads too.
///
/// The file has no header that could be read without running it. But it holds little beside its numbers, less than a
/// thousandth of a model of any size, so that its length and config.json's type tell how many there are.
struct PyTorchWeights: WeightsFile {
    var parameterCount: Int
    let parameterSource = "the size of pytorch_model.bin"
    var bytesByType: [String: Int]
    var fileSize: UInt64
    var digest: String

    private static let types = ["float32": ("F32", 4), "float16": ("F16", 2), "bfloat16": ("BF16", 2)]

    /// - Parameter config: config.json, which names the type of the numbers.
    init(file: URL, config: [String: Any]) throws(ModelFilesError) {
        let name = file.lastPathComponent
        let named = (config["dtype"] ?? config["torch_dtype"]) as? String ?? "float32"
        let (type, width) = Self.types[named] ?? ("F32", 4)
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            fileSize = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            let start = try handle.read(upToCount: 8) ?? Data()
            guard start != Data("version ".utf8) else {
                throw ModelFilesError("\(name) is a Git LFS pointer, not the weights; run 'git lfs pull'")
            }
            // A zip archive, or the pickle of the time before PyTorch 1.6.
            guard start.starts(with: Data("PK".utf8)) || start.first == 0x80 else {
                throw ModelFilesError("\(name) is not a file of PyTorch's")
            }
            digest = try SafetensorsHeader.digest(header: start, of: handle, from: 0, to: fileSize)
        } catch let error as ModelFilesError {
            throw error
        } catch {
            throw ModelFilesError("\(name) cannot be read")
        }
        parameterCount = Int(clamping: fileSize) / width
        bytesByType = [type: Int(clamping: fileSize)]
    }
}

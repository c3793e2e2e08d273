import Foundation

/// The header of a safetensors file: what tensors it holds, without reading them.
struct SafetensorsHeader {
    /// Longer than any real header; a longer one is another kind of file.
    private static let longest: UInt64 = 100_000_000

    /// Numbers in all tensors together.
    var parameterCount: Int
    let parameterSource = "safetensors headers"
    /// Bytes of all tensors, by the type in which they are stored: `BF16`, `I32`.
    var bytesByType: [String: Int]
    /// The size of the whole file, in bytes.
    var fileSize: UInt64
    /// SHA-256 of the header and of samples of the data, so that other weights of the same shape are noticed.
    var digest: String

    /// Reads a header, and checks that the file is as long as the header says.
    init(file: URL) throws(ModelFilesError) {
        let name = file.lastPathComponent
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            let lengthBytes = try handle.read(upToCount: 8) ?? Data()
            guard lengthBytes.count == 8 else { throw ModelFilesError("\(name) is cut off") }
            let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= min(Self.longest, size - 8) else {
                let isPointer = lengthBytes == Data("version ".utf8)
                throw ModelFilesError(
                    isPointer
                        ? "\(name) is a Git LFS pointer, not the weights; run 'git lfs pull'"
                        : "\(name) is not a safetensors file, or it is cut off")
            }
            let header = try handle.read(upToCount: Int(length)) ?? Data()
            let tensors = try Self.tensors(header, file: name)
            let dataSize = tensors.values.reduce(0) { max($0, $1.data_offsets.last ?? 0) }
            guard size - 8 - length == dataSize else {
                throw ModelFilesError(
                    "\(name) is cut off: its header tells of \(8 + length + dataSize) bytes, and it has \(size)"
                )
            }
            parameterCount = try Self.count(tensors, file: name)
            bytesByType = tensors.values.reduce(into: [:]) { $0[$1.dtype, default: 0] += $1.bytes }
            fileSize = size
            digest = try Self.digest(header: header, of: handle, from: 8 + length, to: size)
        } catch let error as ModelFilesError {
            throw error
        } catch {
            throw ModelFilesError("\(name) cannot be read")
        }
    }

    private struct Tensor: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [UInt64]

        /// Nothing where the offsets make no sense: the file's length has been checked against them.
        var bytes: Int {
            guard data_offsets.count == 2, data_offsets[0] <= data_offsets[1] else { return 0 }
            return Int(clamping: data_offsets[1] - data_offsets[0])
        }
    }

    /// The `__metadata__` entry is no tensor.
    private enum Entry: Decodable {
        case tensor(Tensor)
        case metadata

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata
            } else {
                self = .tensor(try Tensor(from: decoder))
            }
        }
    }

    private static func tensors(_ header: Data, file: String) throws(ModelFilesError) -> [String: Tensor] {
        guard let entries = try? JSONDecoder().decode([String: Entry].self, from: header) else {
            throw ModelFilesError("\(file) has a broken safetensors header")
        }
        return entries.compactMapValues { entry in
            if case .tensor(let tensor) = entry { tensor } else { nil }
        }
    }

    private static func count(_ tensors: [String: Tensor], file: String) throws(ModelFilesError) -> Int {
        var total = 0
        for tensor in tensors.values {
            var size = 1
            var overflow = false
            for side in tensor.shape {
                let (product, overflows) = size.multipliedReportingOverflow(by: side)
                size = product
                overflow = overflow || overflows || side < 0
            }
            let (sum, overflows) = total.addingReportingOverflow(size)
            guard !overflow, !overflows else {
                throw ModelFilesError("\(file) has a broken safetensors header")
            }
            total = sum
        }
        return total
    }

    /// Hashes the header and sixteen pages spread over the data.
    static func digest(header: Data, of handle: FileHandle, from start: UInt64, to end: UInt64) throws
        -> String
    {
        let pages: UInt64 = 16
        var hash = SHA256()
        hash.update(header)
        for page in 0..<pages {
            try handle.seek(toOffset: start + (end - start) / pages * page)
            hash.update(try handle.read(upToCount: 4096) ?? Data())
        }
        return hash.hex()
    }
}

import Foundation
import Support

/// The header of a safetensors file, which lists its tensors.
struct SafetensorsHeader: WeightsFile {
    /// Longer than any real header; a longer one means another kind of file.
    private static let longest: UInt64 = 100_000_000

    let tensors: [String: StoredTensor]?
    let source = "safetensors headers"
    let bytesByType: [String: Int]
    let fileSize: UInt64
    let digest: String

    /// Reads a header, and checks that the file has the length in the header and that its tensors are contiguous.
    init(file: URL) throws(ModelFilesError) {
        let name = file.lastPathComponent
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            let lengthBytes = try handle.read(upToCount: 8) ?? Data()
            guard size > 0 else { throw ModelFilesError("\(name) is empty") }
            guard size >= 8, lengthBytes.count == 8 else { throw ModelFilesError("\(name) is truncated") }
            let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= min(Self.longest, size - 8) else {
                let isPointer = lengthBytes == GitPointer.start.prefix(8)
                throw ModelFilesError(
                    isPointer
                        ? GitPointer.explanation(name) : "\(name) is not a safetensors file, or it is truncated")
            }
            let header = try handle.read(upToCount: Int(length)) ?? Data()
            let entries = try Self.entries(header, file: name)
            let end = entries.reduce(UInt64(0)) { max($0, $1.data_offsets.max() ?? 0) }
            let (expected, overflows) = end.addingReportingOverflow(8 + length)
            guard size == expected, !overflows else {
                throw ModelFilesError(
                    "\(name) is truncated: its header gives \(overflows ? "\(end)" : "\(expected)") bytes, but it has \(size)"
                )
            }
            tensors = try Self.tensors(entries, file: name)
            bytesByType = (tensors ?? [:]).values.reduce(into: [:]) { $0[$1.type, default: 0] += $1.bytes }
            fileSize = size
            digest = try Self.digest(header: header, of: handle, from: 8 + length, to: size)
        } catch let error as ModelFilesError {
            throw error
        } catch {
            throw ModelFilesError("\(name) cannot be read")
        }
    }

    private struct Entry: Decodable {
        var name = ""
        var dtype: String
        var shape: [Int]
        var data_offsets: [UInt64]

        private enum CodingKeys: String, CodingKey { case dtype, shape, data_offsets }
    }

    /// The `__metadata__` entry is not a tensor.
    private enum Item: Decodable {
        case tensor(Entry)
        case metadata

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata
            } else {
                self = .tensor(try Entry(from: decoder))
            }
        }
    }

    private static func entries(_ header: Data, file: String) throws(ModelFilesError) -> [Entry] {
        guard let items = try? JSONDecoder().decode([String: Item].self, from: header) else {
            throw ModelFilesError("\(file) has a broken safetensors header")
        }
        return items.compactMap { name, item in
            guard case .tensor(var entry) = item else { return nil }
            entry.name = name
            return entry
        }
    }

    /// Checks the place of each tensor: it starts where the one before it ends, and has the size of its shape and type.
    private static func tensors(_ entries: [Entry], file: String) throws(ModelFilesError) -> [String: StoredTensor] {
        func broken(_ why: String) -> ModelFilesError {
            ModelFilesError("\(file) has a broken safetensors header: \(why)")
        }
        for entry in entries {
            guard entry.data_offsets.count == 2, entry.data_offsets[0] <= entry.data_offsets[1] else {
                throw broken("the offsets of \(entry.name) are outside the file")
            }
        }
        var tensors: [String: StoredTensor] = [:]
        var end: UInt64 = 0
        for entry in entries.sorted(by: {
            ($0.data_offsets[0], $0.data_offsets[1]) < ($1.data_offsets[0], $1.data_offsets[1])
        }) {
            guard entry.data_offsets[0] == end else {
                throw broken("\(entry.name) does not start where the tensor before it ends")
            }
            end = entry.data_offsets[1]
            let tensor = StoredTensor(
                type: entry.dtype, shape: entry.shape, bytes: Int(clamping: end - entry.data_offsets[0]))
            guard entry.shape.allSatisfy({ $0 >= 0 }), tensor.count < Int.max else {
                throw broken("\(entry.name) has the invalid shape \(entry.shape)")
            }
            if let bits = tensor.bits, tensor.count.times(bits) != tensor.bytes.times(8) {
                throw broken(
                    "\(entry.name) has \(tensor.bytes) bytes, which does not match its shape \(entry.shape)")
            }
            tensors[entry.name] = tensor
        }
        return tensors
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

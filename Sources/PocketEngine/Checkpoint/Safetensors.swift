import CKernels
import Foundation

/// Reads one `model.safetensors`: eight bytes of header length, a JSON header, then the tensors' bytes.
///
/// Supports BF16 and F32; both become `Float`. Layout: https://huggingface.co/docs/safetensors
struct Safetensors: Sendable {
    private struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// The tensors by name. `__metadata__` is the only key of another form.
    private struct Header: Decodable {
        var entries: [String: Entry] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: TensorName.self)
            for name in container.allKeys where name.stringValue != "__metadata__" {
                entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
        }
    }

    private struct TensorName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let file: URL
    private let bytes: Data
    private let payload: Int
    private let entries: [String: Entry]

    init(contentsOf file: URL) throws {
        self.file = file
        do {
            bytes = try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw CheckpointError("\(file.path): cannot be read")
        }
        guard bytes.count >= 8 else { throw CheckpointError("\(file.path): truncated, no header") }
        let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(bytes.count - 8) else {
            throw CheckpointError(
                "\(file.path): truncated, the header claims \(length) bytes of a file of \(bytes.count)")
        }
        payload = 8 + Int(length)
        do {
            entries = try JSONDecoder().decode(Header.self, from: bytes[8..<payload]).entries
        } catch let error as DecodingError {
            throw CheckpointError("\(file.path): header: \(error.sentence)")
        }
    }

    func contains(_ name: String) -> Bool { entries[name] != nil }

    /// The tensor's values in row-major order, after checking its shape.
    func floats(_ name: String, shape: [Int]) throws -> [Float] {
        guard let entry = entries[name] else {
            throw CheckpointError("\(file.path): tensor \(name) is missing")
        }
        guard entry.shape == shape else {
            throw CheckpointError(
                "\(file.path): tensor \(name) has shape \(entry.shape), config.json asks for \(shape)")
        }
        let count = shape.reduce(1, *)
        let width: Int
        switch entry.dtype {
        case "BF16": width = 2
        case "F32": width = 4
        default:
            throw CheckpointError(
                "\(file.path): tensor \(name) has dtype \(entry.dtype), only BF16 and F32 are supported")
        }
        guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0, entry.data_offsets[1] >= 0,
            entry.data_offsets[1] - entry.data_offsets[0] == count * width,
            entry.data_offsets[1] <= bytes.count - payload
        else {
            throw CheckpointError("\(file.path): truncated, tensor \(name) is not fully covered by the file")
        }
        let start = payload + entry.data_offsets[0]
        return bytes.withUnsafeBytes { raw in
            let source = UnsafeRawBufferPointer(rebasing: raw[start..<start + count * width])
            return [Float](unsafeUninitializedCapacity: count) { values, length in
                if width == 2 {
                    rsd_floats_of_halves(source.baseAddress, count, values.baseAddress)
                } else {
                    UnsafeMutableRawBufferPointer(values).copyMemory(from: source)
                }
                length = count
            }
        }
    }
}

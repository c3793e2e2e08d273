import Foundation

/// Why a model folder cannot be served: one sentence that names the file.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Reads one JSON file of a checkpoint.
func decodeJSON<T: Decodable>(_ type: T.Type, from file: URL) throws -> T {
    let data: Data
    do {
        data = try Data(contentsOf: file)
    } catch {
        throw CheckpointError("\(file.path): cannot be read")
    }
    do {
        // `transformers` writes and reads `Infinity` and `NaN`, which are not JSON.
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        return try decoder.decode(type, from: data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data)
    } catch let error as DecodingError {
        throw CheckpointError("\(file.path): \(error.sentence)")
    }
}

extension DecodingError {
    /// The fault and its key, without Foundation's nesting.
    var sentence: String {
        func at(_ path: [any CodingKey]) -> String {
            path.isEmpty
                ? "the top level"
                : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context):
            return "\(at(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(at(context.codingPath)) has the wrong type"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "not valid JSON" : "\(at(context.codingPath)): \(context.debugDescription)"
        @unknown default:
            return "cannot be read"
        }
    }
}

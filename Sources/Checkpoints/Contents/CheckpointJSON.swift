import Foundation
import OrderedCollections
import Support

/// A JSON file of a checkpoint, read as `transformers` does with Python's `json.loads`: `NaN` and `Infinity` are
/// allowed, the last of duplicate fields counts, numbers may have any size.
package struct CheckpointJSON {
    package var fields: OrderedDictionary<String, JSONValue>
    /// Python refuses a text that starts with a byte order mark; other readers do not.
    var hasByteOrderMark = false

    /// - Parameters:
    ///   - name: the file's name, for messages.
    ///   - directory: the checkpoint's.
    /// - Throws: ``ModelFilesError`` if it is not an object.
    init(_ data: Data, name: String, in directory: String) throws(ModelFilesError) {
        guard !data.isEmpty else { throw ModelFilesError("\(name) in \(directory) is empty") }
        guard !data.starts(with: GitPointer.start) else {
            throw ModelFilesError("in \(directory), \(GitPointer.explanation(name))")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        hasByteOrderMark = data.starts(with: mark)
        let text = hasByteOrderMark ? data.dropFirst(mark.count) : data
        var fault: JSONReader.Fault?
        let value = text.withUnsafeBytes { raw -> JSONValue? in
            var reader = JSONReader(bytes: raw.bindMemory(to: UInt8.self), whole: "file", dialect: .python)
            do throws(JSONReader.Fault) {
                reader.skipSpace()
                let value = try reader.value()
                try reader.end()
                return value
            } catch {
                fault = error
                return nil
            }
        }
        guard case .object(let fields)? = value else {
            throw ModelFilesError(
                "\(name) in \(directory) is not a JSON object" + (fault.map { ": \($0.message)" } ?? ""))
        }
        self.fields = fields
    }

    init(fields: OrderedDictionary<String, JSONValue> = [:]) {
        self.fields = fields
    }

    /// The file of a checkpoint; nil if it is missing.
    ///
    /// - Throws: ``ModelFilesError`` if it is not an object.
    package static func read(_ name: String, in directory: String) throws(ModelFilesError) -> CheckpointJSON? {
        guard let data = FileManager.default.contents(atPath: directory + "/" + name) else { return nil }
        return try CheckpointJSON(data, name: name, in: directory)
    }

    package subscript(_ key: String) -> JSONValue? { fields[key] }
}

/// The placeholder of a large file in a clone without Git LFS.
package enum GitPointer {
    package static let start = Data("version https://git-lfs".utf8)

    package static func explanation(_ name: String) -> String {
        "\(name) is a Git LFS pointer, not the file itself; run `git lfs pull`"
    }
}

extension JSONValue {
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var truth: Bool? { if case .bool(let truth) = self { truth } else { nil } }
    package var elements: [JSONValue]? { if case .list(let elements) = self { elements } else { nil } }
    package var object: OrderedDictionary<String, JSONValue>? {
        if case .object(let fields) = self { fields } else { nil }
    }

    /// A number as Python computes with it; infinite if it is too large. `{"__float__": "Infinity"}` is how
    /// transformers writes numbers that JSON lacks.
    package var double: Double? {
        switch self {
        case .number(let text), .notANumber(let text): Double(text)
        case .object(let fields) where fields.count == 1: fields["__float__"]?.text.flatMap(Double.init)
        default: nil
        }
    }

    /// A number as written in the file.
    var digits: String? {
        switch self {
        case .number(let digits), .notANumber(let digits): digits
        default: nil
        }
    }

    /// A whole number that fits, `32` or `32.0`.
    package var whole: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap(Int.init(exactly:))
    }
}

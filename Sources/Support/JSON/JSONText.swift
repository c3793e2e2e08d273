import Foundation

/// JSON for files and the report page: one line, sorted keys.
package enum JSONText {
    package static func encode(_ value: some Encodable) throws -> Data {
        if let direct = try? DirectEncoder.encode(value) { return Data(direct) }
        return try encoder.encode(value)
    }

    /// Reads JSON as Foundation does, and says of errors what Foundation says.
    package static func decode<Value: Decodable>(_ type: Value.Type, from json: Data) throws -> Value {
        let direct = json.withUnsafeBytes { DirectDecoder.decode(type, from: $0.bindMemory(to: UInt8.self)) }
        return try direct ?? JSONDecoder().decode(type, from: json)
    }

    /// A text as JSON, in double quotes.
    package static func string(_ text: String) -> String {
        guard let json = try? encode(text) else { preconditionFailure("a text without JSON") }
        return String(decoding: json, as: UTF8.self)
    }

    /// An encoder, for callers that need further settings.
    package static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// JSON Lines: one value per line, each followed by a line break.
    package static func lines(_ values: [some Encodable & Sendable]) throws -> Data {
        var data = Data()
        for line in try values.parallelMap({ try encode($0) }) {
            data.append(line)
            data.append(UInt8(ascii: "\n"))
        }
        return data
    }

    /// JSON for people: indented, sorted keys.
    package static func pretty(_ value: some Encodable) throws -> Data {
        let encoder = encoder
        encoder.outputFormatting.insert(.prettyPrinted)
        return try encoder.encode(value)
    }

    /// The same JSON without the letter `<`, so that it can neither end the script element around it nor begin a
    /// comment (HTML Standard, 4.12.1.3). `<` occurs only in strings, where the escape means the same.
    package static func forScriptElement(_ json: Data) -> Data {
        let less = UInt8(ascii: "<")
        guard json.withUnsafeBytes({ $0.contains(less) }) else { return json }
        var result = Data(capacity: json.count + 64)
        json.withUnsafeBytes { bytes in
            for piece in bytes.split(separator: less, omittingEmptySubsequences: false) {
                if piece.startIndex > 0 { result.append(contentsOf: #"\u003c"#.utf8) }
                result.append(contentsOf: piece)
            }
        }
        return result
    }
}

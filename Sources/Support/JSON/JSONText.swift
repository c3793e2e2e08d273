import Foundation

/// JSON for files and the report page: one line, sorted keys.
package enum JSONText {
    package static func encode(_ value: some Encodable) throws -> Data { try encoder.encode(value) }

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
        let encoder = encoder
        var data = Data()
        for line in try values.parallelMap({ try encoder.encode($0) }) {
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
        guard json.contains(less) else { return json }
        var result = Data(capacity: json.count + 64)
        for piece in json.split(separator: less, omittingEmptySubsequences: false) {
            if piece.startIndex > json.startIndex { result.append(contentsOf: #"\u003c"#.utf8) }
            result.append(piece)
        }
        return result
    }
}

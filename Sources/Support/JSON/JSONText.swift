import Foundation

/// JSON for a page and for files: one line, keys in order.
package enum JSONText {
    package static func encode(_ value: some Encodable) throws -> Data { try encoder.encode(value) }

    /// For what needs more settings than these.
    package static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// JSON Lines: each value on a line of its own, and a line break after the last.
    package static func lines(_ values: some Sequence<some Encodable>) throws -> Data {
        let encoder = encoder
        var data = Data()
        for value in values {
            data.append(try encoder.encode(value))
            data.append(UInt8(ascii: "\n"))
        }
        return data
    }

    /// JSON for people: indented, keys in order.
    package static func pretty(_ value: some Encodable) throws -> Data {
        let encoder = encoder
        encoder.outputFormatting.insert(.prettyPrinted)
        return try encoder.encode(value)
    }

    /// The same JSON without the letter `<`, so that nothing in it can end the script element that it stands in or begin a
    /// comment there (HTML Standard, 4.12.1.3). It can only occur in strings, where the escape means the same.
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

import OrderedCollections

/// The value of a field. Numbers keep their spelling.
package enum JSONValue: Sendable, Hashable {
    case string(String)
    case number(String)
    /// `NaN`, `Infinity` or `-Infinity`, as Python writes them.
    case notANumber(String)
    case bool(Bool)
    case null
    case list([JSONValue])
    case object(OrderedDictionary<String, JSONValue>)

    /// The text, or the digits of a number.
    package var plain: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .notANumber, .bool, .null, .list, .object: nil
        }
    }

    /// The value for people: a text as it is, anything else as JSON.
    package var words: String {
        if case .string(let text) = self { return text }
        return (try? JSONText.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Description for messages.
    package var found: String {
        switch self {
        case .string(let text): "the text \(quoted(text))"
        case .number(let text): "the number \(text.count > 60 ? "\(text.prefix(57))..." : text)"
        case .notANumber(let word): "\(word), which is not a number"
        case .bool: "a boolean"
        case .null: "null"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

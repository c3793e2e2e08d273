import OrderedCollections

/// The value of a field; numbers stay as they were written.
package enum JSONValue: Sendable, Equatable {
    case string(String)
    case number(String)
    /// `NaN`, `Infinity` or `-Infinity`, as Python writes them into JSON.
    case notANumber(String)
    case bool(Bool)
    case null
    case list([JSONValue])
    case object(OrderedDictionary<String, JSONValue>)

    /// Text, or the digits of a number.
    package var plain: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .notANumber, .bool, .null, .list, .object: nil
        }
    }

    /// What messages call it.
    package var found: String {
        switch self {
        case .string(let text): "the text \(quoted(text))"
        case .number(let text): "the number \(text.count > 60 ? "\(text.prefix(57))..." : text)"
        case .notANumber(let word): "\(word), which is no number"
        case .bool: "a truth value"
        case .null: "null"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

import OrderedCollections
import Support

/// One record of a data set: its fields in order.
package struct Record {
    package var fields: OrderedDictionary<String, JSONValue>
    /// Learns the names of the fields that are read.
    var uses: FieldUses?

    package subscript(name: String) -> JSONValue? { try? value(name) }

    /// A field's value. If no field has the name, its dots are a path into objects: `extra_info.answer`.
    package func value(_ name: String) throws(FieldFault) -> JSONValue {
        if let value = fields[name] {
            uses?.add(name)
            return value
        }
        var (fields, path) = (fields, "")
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        for part in parts.dropLast() {
            guard case .object(let inner)? = fields[String(part)] else { break }
            (fields, path) = (inner, path.isEmpty ? String(part) : "\(path).\(part)")
        }
        let rest = path.isEmpty ? name : String(name.dropFirst(path.count + 1))
        guard let value = fields[rest] else {
            throw .missing(rest, in: path, among: Array(fields.keys))
        }
        return value
    }

    package func text(_ name: String) throws(FieldFault) -> String {
        let value = try value(name)
        guard case .string(let text) = value else { throw .unexpected("text", in: name, value) }
        return text
    }

    /// Text, or a number in its original spelling.
    package func textOrNumber(_ name: String) throws(FieldFault) -> String {
        let value = try value(name)
        guard let text = value.plain else { throw .unexpected("text or a number", in: name, value) }
        return text
    }

    /// A list of texts or numbers.
    package func texts(_ name: String) throws(FieldFault) -> [String] {
        let value = try value(name)
        guard case .list(let elements) = value else { throw .unexpected("a list of texts", in: name, value) }
        let texts = elements.compactMap(\.plain)
        guard texts.count == elements.count else {
            throw .other("expected a list of texts in '\(name)', found other elements in it")
        }
        return texts
    }
}

/// Why a record cannot be used. The message is only built for faults that are shown.
package enum FieldFault: Error {
    /// In the object at the end of a path; the path is empty for the record itself.
    case missing(String, in: String, among: [String])
    case unexpected(String, in: String, JSONValue)
    case other(String)

    package var message: String {
        switch self {
        case .missing(let name, let path, let names):
            let has = names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
            let hint = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
            return "no field '\(name)'; \(path.isEmpty ? "the record" : "'\(path)'") has \(has)\(hint)"
        case .unexpected(let what, let name, let value):
            return "expected \(what) in '\(name)', found \(value.found)"
        case .other(let message): return message
        }
    }

    /// Identifies faults of the same kind, which are reported once.
    package var kind: String {
        switch self {
        case .missing(let name, let path, _): "missing \(name) in \(path)"
        case .unexpected(let what, let name, _): "no \(what) in \(name)"
        case .other(let message): message.kindOfMessage
        }
    }
}

extension String {
    /// The message without parts specific to one record: quoted texts and numbers.
    var kindOfMessage: String {
        replacing(/"(?:[^"\\]|\\.)*"/, with: "").replacing(/[0-9]+/, with: "")
    }
}

import Foundation
@testable import SpecYAML

/// As much of JSON Schema (draft 7) as the project's own schema is written in.
struct JSONSchema {
    struct Unknown: Error { var what: String }

    private let root: [String: Any]
    private let node: [String: Any]

    init(_ data: Data) throws {
        guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Unknown(what: "no object")
        }
        self.init(root: root, node: root)
    }

    private init(root: [String: Any], node: [String: Any]) {
        self.root = root
        self.node = node
    }

    private func schema(_ value: Any?) throws -> JSONSchema {
        guard let object = value as? [String: Any] else { throw Unknown(what: "\(value ?? "nothing") for a schema") }
        guard let reference = object["$ref"] as? String else { return JSONSchema(root: root, node: object) }
        let definitions = root["definitions"] as? [String: Any]
        return try schema(definitions?[String(reference.dropFirst("#/definitions/".count))])
    }

    func at(_ path: String...) throws -> JSONSchema {
        try path.reduce(self) { try schema($0.node[$1]) }
    }

    /// The keys that an object may have.
    func keys() throws -> Set<String> {
        guard let properties = node["properties"] as? [String: Any] else { throw Unknown(what: "no properties") }
        return Set(properties.keys)
    }

    func choices() throws -> [JSONSchema] {
        guard let choices = node["anyOf"] as? [Any] else { throw Unknown(what: "no choices") }
        return try choices.map(schema)
    }

    func words() throws -> Set<String> {
        guard let words = node["enum"] as? [String] else { throw Unknown(what: "no words") }
        return Set(words)
    }

    // MARK: Checking

    /// What is wrong with a document.
    func faults(in value: YAMLNode, at path: String = "") throws -> [String] {
        if node["anyOf"] != nil {
            let all = try choices().map { try $0.faults(in: value, at: path) }
            return all.contains([]) ? [] : ["\(path) is none of the choices: \(all.joined())"]
        }
        if let words = node["enum"] as? [Any] {
            let texts = words.map { "\($0)" }
            guard case .scalar(let scalar) = value.content, texts.contains(scalar.text) else {
                return ["\(path) is not one of \(texts)"]
            }
            return []
        }
        switch value.content {
        case .mapping(let entries): return try faults(in: entries, at: path)
        case .sequence(let elements):
            guard types.contains("array") else { return ["\(path) is a list"] }
            if elements.count < node["minItems"] as? Int ?? 0 { return ["\(path) is too short"] }
            return try elements.enumerated().flatMap { try at("items").faults(in: $1, at: "\(path)[\($0)]") }
        case .scalar(let scalar): return try faults(in: scalar, at: path)
        }
    }

    private var types: [String] { node["type"] as? [String] ?? (node["type"] as? String).map { [$0] } ?? [] }

    private func faults(in entries: [YAMLEntry], at path: String) throws -> [String] {
        guard types.contains("object") else { return ["\(path) is a mapping"] }
        let properties = node["properties"] as? [String: Any] ?? [:]
        var faults = (node["required"] as? [String] ?? []).filter { key in !entries.contains { $0.key == key } }
            .map { "\(path).\($0) is missing" }
        if let forms = node["oneOf"] as? [[String: Any]] {
            let written = Set(entries.map(\.key))
            let fits = forms.count { written.isSuperset(of: $0["required"] as? [String] ?? []) }
            if fits != 1 { faults.append("\(path) has the keys of \(fits) forms, not of one") }
        }
        for entry in entries {
            let place = "\(path).\(entry.key)"
            if let property = properties[entry.key] {
                faults += try schema(property).faults(in: entry.value, at: place)
            } else if let other = node["additionalProperties"] as? [String: Any] {
                faults += try schema(other).faults(in: entry.value, at: place)
            } else {
                faults.append("\(place) is unknown")
            }
        }
        return faults
    }

    private func faults(in scalar: YAMLScalar, at path: String) throws -> [String] {
        let type =
            switch scalar.meaning {
            case .null: "null"
            case .bool: "boolean"
            case .integer: "integer"
            case .float: "number"
            case .text: "string"
            }
        guard types.contains(type) || (type == "integer" && types.contains("number")) else {
            return ["\(path) is of the type \(type), not \(types)"]
        }
        if let pattern = node["pattern"] as? String, try scalar.text.firstMatch(of: Regex(pattern)) == nil {
            return ["\(path) does not match \(pattern)"]
        }
        guard type == "integer" || type == "number", let number = Double(scalar.text) else { return [] }
        func limit(_ key: String) -> Double? { (node[key] as? NSNumber)?.doubleValue }
        let fits =
            limit("minimum").map { number >= $0 } ?? true && limit("maximum").map { number <= $0 } ?? true
            && limit("exclusiveMinimum").map { number > $0 } ?? true
        return fits ? [] : ["\(path) is out of range"]
    }
}

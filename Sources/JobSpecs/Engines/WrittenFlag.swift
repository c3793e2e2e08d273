import Decoding
import SpecYAML
import Support

/// A flag in an `args` section, as the spec has it.
struct WrittenFlag {
    var name: Located<String>
    /// nil for `true`, which is a flag without a value.
    var values: [Located<String?>]
    /// Whether it is `false`, which leaves the flag out.
    var isOff = false
    var isList = false
    /// Whether it is a mapping or has no value, which the decoder reports.
    var isUnreadable = false

    /// Whether it is a part of a flag's JSON, such as `compilation-config.mode`.
    var isPart: Bool { name.value.contains(".") }

    /// The name before the first dot, with dashes.
    var base: String { String(name.value.prefix { $0 != "." }).replacing("_", with: "-") }

    /// The flags of every `args` section of a document: of the engine, and of each model.
    static func sections(of job: YAMLNode, log: DiagnosticLog) -> [[WrittenFlag]] {
        let owners = [job["engine"]] + Role.named.map { job["models"]?[$0.rawValue] }
        return owners.map { owner in
            guard case .mapping(let entries)? = owner?["args"]?.content else { return [] }
            return entries.map { WrittenFlag($0, log: log) }
        }
    }

    private init(_ entry: YAMLEntry, log: DiagnosticLog) {
        name = Located(value: entry.key, mark: entry.keyMark)
        let field = SpecField(entry, log: log)
        switch entry.value.content {
        case .scalar(let scalar):
            isOff = scalar.meaning == .bool(false)
            isUnreadable = scalar.meaning == .null
            values = [Located(value: scalar.meaning == .bool(true) ? nil : scalar.text, mark: field.mark)]
        case .sequence(let nodes):
            isList = true
            values = nodes.compactMap { node in
                guard case .scalar(let scalar) = node.content else { return nil }
                return Located(value: scalar.text, mark: node.mark)
            }
        case .mapping:
            isUnreadable = true
            values = []
        }
    }
}

extension YAMLNode {
    /// The value of a key; nil if this is not a mapping, or does not have the key.
    fileprivate subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}

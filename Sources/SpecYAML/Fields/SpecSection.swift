import OrderedCollections
import Support

/// A mapping with known keys: it reports those that it does not know and those that are missing.
package struct SpecSection {
    package let name: String
    package let mark: Mark
    package let log: DiagnosticLog
    package private(set) var fields: OrderedDictionary<String, SpecField> = [:]

    /// Opens a mapping; nil, with a message, when the value is none.
    ///
    /// A key that is a slip of a known one is reported, and its value then counts as that key's, so that what is
    /// wrong with the value is found in the same go. `name` is what messages call the mapping.
    package init?(_ field: SpecField, _ name: String, keys: [String]) {
        guard case .mapping(let entries) = field.node.content else {
            field.mismatch("a mapping such as { \(keys.first ?? ""): … }")
            return nil
        }
        self.init(entries, name, at: field.mark, keys: keys, log: field.log)
    }

    package init(_ entries: [YAMLEntry], _ name: String, at mark: Mark, keys: [String], log: DiagnosticLog) {
        self.name = name
        self.mark = mark
        self.log = log
        let written = Set(entries.map(\.key))
        for entry in entries {
            if keys.contains(entry.key) {
                fields[entry.key] = SpecField(entry, log: log)
                continue
            }
            let unknown = "unknown key '\(entry.key)' in \(name)"
            log.error(
                at: entry.keyMark, unknown + suggestion(for: entry.key, among: keys, listedAs: "it takes"))
            if let meant = nearest(to: entry.key, among: keys), !written.contains(meant), fields[meant] == nil {
                fields[meant] = SpecField(
                    name: meant, node: entry.value, mark: SpecField(entry, log: log).mark, log: log)
            }
        }
    }

    /// The value of a key that may be left out.
    package subscript(key: String) -> SpecField? { fields[key] }

    /// The value of a key that must be there.
    package func required(_ key: String) -> SpecField? {
        if let field = fields[key] { return field }
        log.error(at: mark, "missing key '\(key)' in \(name)")
        return nil
    }

    /// What a reader makes of a key's value; the default when the key is left out, and, after a message, when its
    /// value is wrong.
    package func value<Value>(_ key: String, default fallback: Value, _ read: (SpecField) -> Value?) -> Value {
        fields[key].flatMap(read) ?? fallback
    }
}

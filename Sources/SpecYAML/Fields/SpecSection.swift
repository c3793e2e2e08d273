import OrderedCollections
import Support

/// A mapping with known keys; reports unknown and missing ones.
package struct SpecSection {
    package let name: String
    package let mark: Mark
    package let log: DiagnosticLog
    package private(set) var fields: OrderedDictionary<String, SpecField> = [:]

    /// Opens a mapping; logs an error and returns nil if the value is not one.
    ///
    /// A misspelt key is reported, and its value is then read as that of the key it resembles, so that errors in the
    /// value are found in the same pass. `name` is the mapping's name in messages.
    package init?(_ field: SpecField, _ name: String, keys: [String]) {
        guard case .mapping(let entries) = field.node.content else {
            field.mismatch("a mapping such as { \(keys.first ?? ""): … }")
            return nil
        }
        self.init(entries, name, at: field.mark, keys: keys, log: field.log)
    }

    /// Opens a mapping, or a text that stands for a mapping with just this key.
    package init?(_ field: SpecField, _ name: String, keys: [String], textIs key: String) {
        guard field.scalar?.meaning == .text else {
            self.init(field, name, keys: keys)
            return
        }
        let entry = YAMLEntry(key: key, keyMark: field.mark, value: field.node)
        self.init([entry], name, at: field.mark, keys: keys, log: field.log)
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
                at: entry.keyMark, unknown + suggestion(for: entry.key, among: keys, listedAs: "known keys:"))
            if let meant = nearest(to: entry.key, among: keys), !written.contains(meant), fields[meant] == nil {
                fields[meant] = SpecField(
                    name: meant, node: entry.value, mark: SpecField(entry, log: log).mark, log: log)
            }
        }
    }

    /// The value of an optional key.
    package subscript(key: String) -> SpecField? { fields[key] }

    /// The value of a required key.
    package func required(_ key: String) -> SpecField? {
        if let field = fields[key] { return field }
        log.error(at: mark, "missing key '\(key)' in \(name)")
        return nil
    }

    /// The value of a key as `read` decodes it; the default if the key is missing or, after a logged error, if its
    /// value is wrong.
    package func value<Value>(_ key: String, default fallback: Value, _ read: (SpecField) -> Value?) -> Value {
        fields[key].flatMap(read) ?? fallback
    }
}

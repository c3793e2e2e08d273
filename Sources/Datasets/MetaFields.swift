import Support

/// Chooses the fields of a data set's records that are kept beside its problems, such as `subject` and `level`.
///
/// These are the fields that the spec names. By default, they are those that neither the reader nor the spec uses and
/// whose values are all short: a field with a single long text is a solution, not a label.
struct MetaFields {
    /// Characters of a short text, which has no line break either.
    private static let longestText = 200

    /// nil for the default.
    let named: [String]?
    /// Whether an empty text is a missing value.
    let emptyIsMissing: Bool
    /// The fields of records that were used for something else.
    let uses = FieldUses()
    private var unfit: Set<String> = []
    private var found: Set<String> = []
    /// A record without a named field, to report if no other has it.
    private var missing: [String: (fault: FieldFault, line: Int)] = [:]

    init(_ spec: DatasetSpec) {
        named = spec.meta
        emptyIsMissing = spec.resolvedFormat.numbersAreText
    }

    /// The record's values that are kept so far; call it once the record has been used otherwise.
    mutating func values(of record: Record, line: Int) -> [String: JSONValue] {
        guard let named else { return defaults(of: record) }
        var values: [String: JSONValue] = [:]
        for name in named {
            do throws(FieldFault) {
                values[name] = kept(try record.value(name))
                found.insert(name)
            } catch {
                if missing[name] == nil { missing[name] = (error, line) }
            }
        }
        return values
    }

    private mutating func defaults(of record: Record) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for (name, value) in record.fields where !unfit.contains(name) && !uses.names.contains(name) {
            if Self.isShort(value) { values[name] = kept(value) } else { unfit.insert(name) }
        }
        return values
    }

    private func kept(_ value: JSONValue) -> JSONValue? {
        let value = value.portable
        return value == .null || emptyIsMissing && value == .string("") ? nil : value
    }

    private static func isShort(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text):
            text.utf8.count <= 4 * longestText && text.count <= longestText && !text.contains(where: \.isNewline)
        case .number(let spelling): spelling.utf8.count <= longestText
        case .notANumber, .bool, .null: true
        case .list, .object: false
        }
    }

    /// Removes values of fields that turned out, in a later record, to be used otherwise or to be long.
    func settle(_ problems: inout [Problem]) {
        guard named == nil else { return }
        let dropped = unfit.union(uses.names)
        for place in problems.indices where problems[place].meta.keys.contains(where: dropped.contains) {
            problems[place].meta = problems[place].meta.filter { !dropped.contains($0.key) }
        }
    }

    /// Named fields that no record has, with the line of a record.
    var faults: [(fault: FieldFault, line: Int)] {
        (named ?? []).filter { !found.contains($0) }.compactMap { missing[$0] }
    }
}

/// The names of the fields of records that were read by name.
final class FieldUses: Equatable {
    private(set) var names: Set<String> = []

    func add(_ name: String) { names.insert(name) }

    /// Who looks on is not part of a record.
    static func == (_: FieldUses, _: FieldUses) -> Bool { true }
}

import Datasets
import Foundation
import SpecYAML
import Support

/// A data set, with the places of settings that can only be checked against the file.
struct WrittenDataset {
    static let keys = [
        "name", "path", "sha256", "records", "format", "reader", "question", "answer", "choices", "id", "meta",
        "shuffle", "start", "limit",
    ]

    var spec: DatasetSpec
    /// Its place in the list.
    var index: Int
    var pathMark: Mark
    var startMark: Mark
    var limitMark: Mark

    static func decodeAll(_ field: SpecField, directory: String) -> [WrittenDataset] {
        var first: [String: Mark] = [:]
        return (field.elements(named: "a data set") ?? []).enumerated().compactMap { index, element in
            guard let section = SpecSection(element, "a data set", keys: keys, textIs: "name") else { return nil }
            let name = section.required("name")?.identifier()
            if let name, let field = section["name"] {
                if let mark = first[name] {
                    field.error("a data set named '\(name)' is already defined \(mark.words)")
                } else {
                    first[name] = field.mark
                }
            }
            return WrittenDataset(section, at: index, name: name ?? "", directory: directory)
        }
    }

    /// What is not written of a known data set is taken from the table, as if it were written here.
    private init?(_ section: SpecSection, at index: Int, name: String, directory: String) {
        self.index = index
        let known = section["path"] == nil ? KnownDataset.named(name) : nil
        if known == nil, section["path"] == nil, !name.isEmpty, let field = section["name"] {
            field.error(Self.unknown(name))
            return nil
        }
        let field = known == nil ? section.required("path") : section["name"]
        let path = known?.address ?? field?.fileOrAddress(from: directory)
        let sum = section["sha256"].flatMap { $0.sha256() } ?? known?.sha256
        let records: Int? = section["records"].flatMap { $0.integer(in: 1...SpecLimit.tokens) } ?? known?.records
        let format: DatasetFormat? = section["format"].flatMap { $0.choice(of: DatasetFormat.self) }
        let reader = section["reader"].flatMap { $0.reader() } ?? known?.reader
        // A reader knows its fields.
        let own = section["reader"] == nil && known == nil
        let question = section["question"].flatMap { $0.word() } ?? (own ? "question" : nil)
        let answer = section["answer"].flatMap { $0.word() } ?? (own ? "answer" : nil)
        let choices = section["choices"].flatMap(ChoiceFields.init(field:))
        let id = section["id"].flatMap { $0.word() }
        let meta = section["meta"].flatMap { $0.fieldNames() }
        let shuffle: UInt64? = section["shuffle"].flatMap { $0.integer(in: 0...UInt64.max) }
        let start: Int = section.value("start", default: 0) { $0.integer(in: 0...SpecLimit.tokens) }
        let limit: Int? = section["limit"].flatMap { $0.integer(in: 1...SpecLimit.tokens) }
        guard let path, let field else { return nil }
        spec = DatasetSpec(
            name: name, path: path, sha256: sum, records: records, format: format, reader: reader, question: question,
            answer: answer, choices: choices, id: id, meta: meta, shuffle: shuffle, start: start, limit: limit)
        pathMark = field.mark
        startMark = section["start"]?.mark ?? section.mark
        limitMark = section["limit"]?.mark ?? section.mark
        if spec.isRemote, sum == nil, section["sha256"] != nil { return nil }
        if section["format"] == nil, spec.formatOfName == nil {
            let formats = DatasetFormat.allCases.map(\.rawValue).joined(separator: ", ")
            field.error("the file name does not show the format of the data set; set 'format' to one of \(formats)")
        }
    }
}

extension WrittenDataset {
    private static func unknown(_ name: String) -> String {
        let meant = nearest(to: name, among: KnownDataset.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? ";"
        return
            "unknown data set '\(name)'\(meant) docs/spec.md lists the known names; any other data set needs a 'path'"
    }
}

extension ChoiceFields {
    /// The name of a field with a list, or a list of field names.
    fileprivate init?(field: SpecField) {
        guard case .sequence = field.node.content else {
            guard let name = field.word() else { return nil }
            self = .field(name)
            return
        }
        guard let names = field.elements(named: "a choice's field")?.compactMap({ $0.word() }) else { return nil }
        guard names.count >= 2 else {
            field.error(
                "a list in 'choices' needs two or more field names, one per choice; for a single field with a list, omit the [ ]"
            )
            return nil
        }
        self = .fields(names)
    }
}

extension SpecField {
    /// An absolute path, or the address of a file.
    fileprivate func fileOrAddress(from directory: String) -> String? {
        guard let text = scalar?.text, let scheme = text.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:\/\//) else {
            return path(from: directory)
        }
        guard DatasetSpec.isAddress(text) else {
            return fail(
                "'\(name)' must be a path or an address that starts with http:// or https://, found \(quoted(text))")
        }
        let rest = text[scheme.range.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F })
        else {
            return fail("\(quoted(text)) is not a valid address: it needs a host, and non-ASCII characters as %XX")
        }
        guard !host.contains("@") else {
            return fail(
                "an address with a password would be stored in the run directory; download the file and give its path")
        }
        return text
    }

    /// A field's name, or a list of names that may be empty.
    fileprivate func fieldNames() -> [String]? {
        if scalar != nil { return word().map { [$0] } }
        if case .sequence(let names) = node.content, names.isEmpty { return [] }
        return elements(named: "a field of '\(name)'")?.compactMap { $0.word() }
    }

    fileprivate func sha256() -> String? {
        guard let text = text() else { return nil }
        guard text.wholeMatch(of: /[0-9A-Fa-f]{64}/) != nil else {
            return fail("'\(name)' must be 64 hexadecimal digits, found \(quoted(text))")
        }
        return text.lowercased()
    }

    fileprivate func reader() -> String? {
        guard let text = text() else { return nil }
        let names = RecordReader.named.map(\.name)
        return names.contains(text)
            ? text : fail("unknown reader \(quoted(text))" + suggestion(for: text, among: names))
    }
}

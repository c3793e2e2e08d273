import Datasets
import Foundation
import Hub
import SpecYAML
import Support

/// A data set, with the places of settings that can only be checked against the file.
struct WrittenDataset {
    static let keys = [
        "name", "path", "config", "split", "revision", "sha256", "records", "format", "reader", "question", "answer",
        "choices", "id", "meta",
        "shuffle", "start", "limit",
    ]

    var spec: DatasetSpec
    /// Its place in the list.
    var index: Int
    /// Whether a hub data set's revision is part of its path.
    var revisionIsInPath = false
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
        let named = known == nil ? field?.hubDataset() : nil
        let path = known?.address ?? named?.address ?? field?.fileOrAddress(from: directory)
        let revision = section["revision"].flatMap { $0.revision() }
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
            name: name, path: path, config: section["config"].flatMap { $0.word() },
            split: section["split"].flatMap { $0.word() }, revision: named?.revision ?? revision, sha256: sum,
            records: records, format: format, reader: reader, question: question,
            answer: answer, choices: choices, id: id, meta: meta, shuffle: shuffle, start: start, limit: limit)
        pathMark = field.mark
        startMark = section["start"]?.mark ?? section.mark
        limitMark = section["limit"]?.mark ?? section.mark
        if spec.isRemote, sum == nil, section["sha256"] != nil { return nil }
        revisionIsInPath = named?.revision != nil
        checkHubKeys(section)
        let isSplit = spec.hub.map { $0.file == nil } ?? (!spec.isRemote && Folder.isFolder(path))
        if section["format"] == nil, spec.formatOfName == nil, !isSplit {
            let formats = DatasetFormat.allCases.map(\.rawValue).joined(separator: ", ")
            field.error("the file name does not show the format of the data set; set 'format' to one of \(formats)")
        }
    }
}

extension WrittenDataset {
    /// A hub data set's address at another revision.
    func path(at revision: String) -> String {
        guard let hub = spec.hub else { return spec.path }
        return HubDatasetName.prefix + hub.repository + "@" + revision + (hub.file.map { "/\($0)" } ?? "")
    }

    /// Checks that the keys of hub data sets have a meaning here.
    private func checkHubKeys(_ section: SpecSection) {
        let isHub = spec.hub != nil
        if let field = section["revision"] {
            if !isHub { field.error("'revision' is of a data set of the hub, whose 'path' is hf://datasets/ORG/NAME") }
            if revisionIsInPath { field.error("the revision is in 'path' already") }
        }
        for key in ["config", "split"] {
            guard let field = section[key] else { continue }
            if spec.hub?.file != nil {
                field.error("'\(key)' is of a whole data set, and 'path' names one file of it")
            } else if !isHub, !Folder.isFolder(spec.path) {
                field.error("'\(key)' is of a data set of the hub (hf://datasets/ORG/NAME), or of a folder")
            }
        }
    }

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
    /// The data set of the hub that an address names; nil if it is another address or a path.
    fileprivate func hubDataset() -> HubDatasetName? {
        guard let text = scalar?.text, text.hasPrefix(HubDatasetName.prefix), let hub = HubDatasetName(text),
            HubRepository(.dataset, named: hub.repository) != nil, hub.revision.map(HubRevision.isValid) ?? true,
            hub.file.map({
                !$0.split(separator: "/", omittingEmptySubsequences: false).contains { ["", ".", ".."].contains($0) }
            }) ?? true
        else { return nil }
        return hub
    }

    fileprivate func revision() -> String? {
        guard let text = word() else { return nil }
        return HubRevision.isValid(text)
            ? text : fail("\(quoted(text)) is not the name of a branch or tag, nor a commit")
    }

    /// An absolute path, or the address of a file.
    fileprivate func fileOrAddress(from directory: String) -> String? {
        guard let text = scalar?.text, let scheme = text.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:\/\//) else {
            return path(from: directory)
        }
        guard DatasetSpec.isAddress(text) else {
            return fail(
                "'\(name)' must be a path, an address that starts with http:// or https://, or a data set of the hub such as "
                    + "hf://datasets/ORG/NAME, found \(quoted(text))")
        }
        if let page = text.wholeMatch(
            of: /https:\/\/(?:huggingface\.co|hf\.co)\/datasets\/([^\/?#]+\/[^\/?#]+)(?:[\/?#](?!resolve\/).*)?/)
        {
            return fail("this is the address of a page; write hf://datasets/\(page.1) for the data set")
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

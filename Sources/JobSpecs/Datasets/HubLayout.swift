import Datasets
import Foundation
import SpecYAML
import Support

/// Which files of a repository of the hub, or of a folder like one, are the splits of a data set.
///
/// The rules are those of the library `datasets` (`datasets/data_files.py`, version 5), for the formats that are read here:
/// what the README's `configs` say, or else the names of files and folders.
struct HubLayout {
    struct Config {
        var name: String
        var isDefault: Bool
        /// Patterns by split in order; nil to go by the names.
        var patterns: [(split: String, patterns: [String])]?
        /// The folder whose names count.
        var folder = ""
    }

    /// The files of a split.
    struct Choice: Equatable {
        var config: String
        var split: String
        var files: [String]
        var format: DatasetFormat
    }

    /// Files with records, in order.
    let files: [String]
    let configs: [Config]
    /// Whether there may be more files.
    let isPartial: Bool

    /// - Parameters:
    ///   - files: paths in the repository.
    ///   - readme: the README's text; nil if there is none.
    ///   - isPartial: whether only some of the files are known, as in a cache.
    /// - Throws: ``Unreadable`` if the README cannot be understood.
    init(files: [String], readme: String?, isPartial: Bool = false) throws(Unreadable) {
        self.files = files.filter(Self.isData).sorted()
        self.isPartial = isPartial
        let written = try readme.map(HubReadme.configs) ?? []
        configs = written.isEmpty ? [Config(name: "default", isDefault: true)] : written
    }

    /// - Throws: ``Unreadable``, with what there is to choose from.
    func choice(config wanted: String?, split: String?, format: DatasetFormat? = nil) throws(Unreadable) -> Choice {
        guard !files.isEmpty else {
            throw Unreadable(message: "there is no file in a format that can be read (\(Self.formats))")
        }
        let config = try config(wanted)
        let splits = try splits(of: config)
        let name = try Self.name(of: split, among: splits.map(\.name), isPartial: isPartial)
        let files = splits.first { $0.name == name }?.files ?? []
        let (kept, found) = Self.ofOneFormat(files)
        try Self.checkShards(kept)
        return Choice(config: config.name, split: name, files: kept, format: format ?? found)
    }

    private static let formats = DatasetFormat.allCases.map(\.rawValue).joined(separator: ", ")

    // MARK: Configs and splits

    private func config(_ wanted: String?) throws(Unreadable) -> Config {
        let names = configs.map(\.name)
        if let wanted {
            if let config = configs.first(where: { $0.name == wanted }) { return config }
            throw Unreadable(
                message: "there is no config '\(wanted)'" + suggestion(for: wanted, among: names, listedAs: "configs:"))
        }
        if let only = configs.count == 1
            ? configs.first : configs.first(where: { $0.isDefault || $0.name == "default" })
        {
            return only
        }
        throw Unreadable(message: "set 'config' to one of \(names.joined(separator: ", "))")
    }

    private static func name(
        of wanted: String?, among names: [String], isPartial: Bool
    ) throws(Unreadable) -> String {
        if let wanted {
            if names.contains(wanted) { return wanted }
            throw Unreadable(
                message: "there is no split '\(wanted)'" + suggestion(for: wanted, among: names, listedAs: "splits:"))
        }
        if names.contains("test") { return "test" }
        if names.count == 1, !isPartial { return names[0] }
        throw Unreadable(message: "set 'split' to one of \(names.joined(separator: ", "))")
    }

    private typealias Split = (name: String, files: [String])

    private func splits(of config: Config) throws(Unreadable) -> [Split] {
        guard let patterns = config.patterns else {
            let folder = config.folder.isEmpty ? "" : config.folder + "/"
            return Self.splits(byNamesOf: files.filter { $0.hasPrefix(folder) }, below: folder)
        }
        var splits: [Split] = []
        for (name, patterns) in patterns {
            var found: [String] = []
            for pattern in patterns {
                let glob = try HubGlob(pattern)
                found += files.filter { glob.matches($0) && !found.contains($0) }
            }
            if !found.isEmpty { splits.append((name, found)) }
        }
        guard !splits.isEmpty else {
            throw Unreadable(
                message: "no file that can be read belongs to the config '\(config.name)', which has "
                    + patterns.flatMap(\.patterns).map { "'\($0)'" }.joined(separator: ", "))
        }
        return splits
    }

    // MARK: Names

    private static let keywords: [(split: String, words: [String])] = [
        ("train", ["train", "training"]), ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ]

    /// Shards in `data`, then folders and then files named after a split; else everything is `train`.
    private static func splits(byNamesOf files: [String], below folder: String) -> [Split] {
        let names = files.map { String($0.dropFirst(folder.count)) }
        var sharded: [String: [String]] = [:]
        for (file, name) in zip(files, names) {
            guard let match = name.wholeMatch(of: /data\/(\w+(?:\.\w+)*)-[0-9]{5}-of-[0-9]{5}[^\/]*\.[^\/]*/) else {
                continue
            }
            sharded[String(match.1), default: []].append(file)
        }
        if !sharded.isEmpty {
            let known = keywords.map(\.split)
            let order = known.filter { sharded[$0] != nil } + sharded.keys.filter { !known.contains($0) }.sorted()
            return order.map { ($0, sharded[$0] ?? []) }
        }
        for isFolder in [true, false] {
            let splits = keywords.map { split, words -> Split in
                let found = zip(files, names).filter { _, name in
                    let parts = name.split(separator: "/")
                    let relevant = isFolder ? parts.dropLast() : parts.suffix(1)
                    return relevant.contains { part in words.contains { isNamed(part, after: $0, isFolder: isFolder) } }
                }
                return (split, found.map(\.0))
            }.filter { !$0.files.isEmpty }
            if !splits.isEmpty { return splits }
        }
        return files.isEmpty ? [] : [("train", files)]
    }

    private static let separators: Set<Character> = [
        "-", ".", "_", " ", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    ]

    /// Whether a keyword is a word of the name; a file's name goes on after it.
    private static func isNamed(_ name: Substring, after word: String, isFolder: Bool) -> Bool {
        name.ranges(of: word).contains { range in
            let before = range.lowerBound == name.startIndex ? nil : name[name.index(before: range.lowerBound)]
            let after = range.upperBound == name.endIndex ? nil : name[range.upperBound]
            return before.map(separators.contains) ?? true && (after.map(separators.contains) ?? isFolder)
        }
    }

    private static let ignored: Set = [
        "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json",
    ]

    private static func isData(_ file: String) -> Bool {
        let parts = file.split(separator: "/")
        guard let name = parts.last, !ignored.contains(String(name)), !name.hasPrefix("."),
            !parts.contains(where: { $0.hasPrefix(".") || $0.hasPrefix("__") })
        else { return false }
        return DatasetFormat(fileName: file) != nil
    }

    // MARK: Files

    /// The files of the format that most of them have.
    private static func ofOneFormat(_ files: [String]) -> ([String], DatasetFormat) {
        let groups = Dictionary(grouping: files) { DatasetFormat(fileName: $0) ?? .jsonl }
        let order: [DatasetFormat] = [.parquet, .jsonl, .json, .csv, .tsv]
        let most = groups.values.map(\.count).max() ?? 0
        let format = order.first { groups[$0]?.count == most } ?? .jsonl
        return (groups[format] ?? [], format)
    }

    /// Checks that no shard is missing, as it may be in a cache.
    private static func checkShards(_ files: [String]) throws(Unreadable) {
        var groups: [String: (found: Int, wanted: Int, file: String)] = [:]
        for file in files {
            guard let match = file.firstMatch(of: /-[0-9]{5}-of-([0-9]{5})/) else { continue }
            let name = String(file[..<match.range.lowerBound]) + file[match.range.upperBound...]
            groups[name, default: (0, Int(match.1) ?? 0, file)].found += 1
        }
        for group in groups.values.sorted(by: { $0.file < $1.file }) where group.found < group.wanted {
            throw Unreadable(
                message: "only \(group.found) of \(group.wanted) files such as \(group.file) are there")
        }
    }
}

import Datasets
import Foundation
import Hub
import Support

/// Finds the contents of data sets on this machine: in their files, or in the cache.
struct DatasetStore: Sendable {
    let cache: DatasetCache

    /// A file with the records of a data set, or a part of them.
    struct Source {
        var name: String
        /// Absolute path.
        var path: String
        var data: Data
        var sha256: String

        /// The data without a byte order mark.
        var lines: Data { data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data }
    }

    /// The files of a data set.
    struct Found {
        var sources: [Source]
        var format: DatasetFormat
        /// The data set with what the spec leaves open: a checksum; config, split and commit.
        var spec: DatasetSpec

        var origin: DatasetOrigin {
            DatasetOrigin(
                files: sources.map { .init(name: $0.name, sha256: $0.sha256) }, commit: spec.revision,
                config: spec.config, split: spec.split)
        }
    }

    /// The records of a data set as bytes in one format.
    struct Contents {
        var data: Data
        var format: DatasetFormat
        var found: Found
        var origin: DatasetOrigin
        /// Columns that a conversion left out.
        var leftOut: [String] = []
    }

    /// - Throws: ``Unreadable``, with the remedy if something has to be fetched or converted first.
    func contents(of spec: DatasetSpec) throws(Unreadable) -> Contents {
        let found = try find(spec)
        guard found.format == .parquet else {
            // The lines of several files; otherwise there is one.
            let data =
                found.sources.count == 1
                ? found.sources[0].data : Data(found.sources.map(\.lines).joined(separator: "\n".utf8))
            return Contents(data: data, format: found.format, found: found, origin: found.origin)
        }
        guard let record = cache.record(of: ParquetConversion.source(found.sources)), let file = record.files.first,
            let data = Self.read(cache.file(file.sha256).path)
        else {
            throw Unreadable(message: "\(spec.path) has not been converted yet; \(Self.remedy)")
        }
        try Self.check(data, is: "the copy \(cache.file(file.sha256).path)", sha256: file.sha256)
        var origin = found.origin
        origin.converted = file.sha256
        return Contents(data: data, format: .jsonl, found: found, origin: origin, leftOut: record.leftOut ?? [])
    }

    /// The files of a data set, which are as the spec wants them.
    ///
    /// - Throws: ``Unreadable``.
    func find(_ spec: DatasetSpec) throws(Unreadable) -> Found {
        let found =
            if let hub = spec.hub {
                try find(hub, spec)
            } else if spec.isRemote {
                try findRemote(spec)
            } else if Folder.isFolder(spec.path) {
                try findFolder(spec)
            } else {
                try findFile(spec)
            }
        guard found.sources.count == 1 || found.format == .parquet || found.format == .jsonl else {
            throw Unreadable(
                message:
                    "\(spec.path) has \(found.sources.count) files in the format \(found.format), which are not joined; "
                    + "name one of them in 'path': \(found.sources.map(\.name).joined(separator: ", "))")
        }
        guard found.sources.count == 1 || spec.sha256 == nil else {
            throw Unreadable(
                message: "'sha256' is the checksum of one file, but \(spec.path) has \(found.sources.count)")
        }
        return found
    }

    private func findFile(_ spec: DatasetSpec) throws(Unreadable) -> Found {
        guard let data = Self.read(spec.path) else { throw Unreadable(spec.path) }
        let sum = try Self.check(data, is: spec.path, sha256: spec.sha256)
        let source = Source(name: spec.path, path: spec.path, data: data, sha256: sum)
        return Found(sources: [source], format: spec.resolvedFormat, spec: spec)
    }

    private func findRemote(_ spec: DatasetSpec) throws(Unreadable) -> Found {
        guard let sum = checksum(of: spec) else { throw notFetched(spec) }
        var spec = spec
        spec.sha256 = sum
        return Found(sources: [try cached(spec.path, sum, of: spec)], format: spec.resolvedFormat, spec: spec)
    }

    private func findFolder(_ spec: DatasetSpec) throws(Unreadable) -> Found {
        let names = try Folder.files(below: spec.path)
        let readme = FileManager.default.contents(atPath: spec.path + "/README.md")
        let choice: HubLayout.Choice
        do throws(Unreadable) {
            let layout = try HubLayout(files: names, readme: readme.map { String(decoding: $0, as: UTF8.self) })
            choice = try layout.choice(config: spec.config, split: spec.split, format: spec.format)
        } catch {
            throw Unreadable(message: "\(spec.path): \(error.message)")
        }
        var sources: [Source] = []
        for name in choice.files {
            let path = spec.path + "/" + name
            guard let data = Self.read(path) else { throw Unreadable(path) }
            let sum = try Self.check(data, is: path, sha256: choice.files.count == 1 ? spec.sha256 : nil)
            sources.append(Source(name: name, path: path, data: data, sha256: sum))
        }
        var spec = spec
        (spec.config, spec.split) = (choice.config, choice.split)
        return Found(sources: sources, format: choice.format, spec: spec)
    }

    private func find(_ hub: HubDatasetName, _ spec: DatasetSpec) throws(Unreadable) -> Found {
        guard let commit = commit(of: hub, spec),
            let record = cache.record(of: HubDatasetKey(hub, spec, commit: commit).source)
        else { throw notFetched(spec) }
        var sources: [Source] = []
        for file in record.files { sources.append(try cached(file.name, file.sha256, of: spec)) }
        if sources.count == 1 { try Self.check(sources[0].data, is: spec.path, sha256: spec.sha256) }
        var spec = spec
        (spec.config, spec.split, spec.revision) = (record.config, record.split, commit)
        let format = spec.format ?? record.files.first.flatMap { DatasetFormat(fileName: $0.name) } ?? .jsonl
        return Found(sources: sources, format: format, spec: spec)
    }

    /// A file in the cache.
    private func cached(_ name: String, _ sum: String, of spec: DatasetSpec) throws(Unreadable) -> Source {
        let path = cache.file(sum).path
        guard let data = Self.read(path) else { throw notFetched(spec) }
        try Self.check(data, is: "the copy \(path)", sha256: sum)
        return Source(name: name, path: path, data: data, sha256: sum)
    }

    private func notFetched(_ spec: DatasetSpec) -> Unreadable {
        Unreadable(message: "\(spec.path) is not in the cache \(cache.directory.path); \(Self.remedy)")
    }

    /// The commit that a data set of the hub is read at; nil if it was never fetched.
    func commit(of hub: HubDatasetName, _ spec: DatasetSpec) -> String? {
        let revision = spec.revision ?? HubRevision.standard
        if HubRevision.isCommit(revision) { return revision }
        return cache.record(of: HubDatasetKey.source(of: hub, revision: revision))?.commit
    }

    /// Whether the files of a data set of the hub are in the cache.
    func holds(_ hub: HubDatasetName, _ spec: DatasetSpec) -> Bool {
        guard let commit = commit(of: hub, spec) else { return false }
        return cache.completeRecord(of: HubDatasetKey(hub, spec, commit: commit).source) != nil
    }

    /// The checksum of an address: the spec's, or that of the file that was fetched from it.
    func checksum(of spec: DatasetSpec) -> String? {
        spec.sha256 ?? cache.record(of: Self.source(ofAddress: spec.path))?.files.first?.sha256
    }

    static func source(ofAddress address: String) -> String { "address \(address)" }

    private static let remedy = "run `rsd-batch validate` on this job to fetch it"

    /// Compares bytes with a checksum, if there is one.
    ///
    /// - Returns: the checksum of the bytes.
    @discardableResult
    static func check(_ data: Data, is what: String, sha256: String?) throws(Unreadable) -> String {
        let sum = SHA256.hex(of: data)
        guard sha256 == nil || sum == sha256 else {
            throw Unreadable(
                message: "\(what) has the SHA-256 \(sum), but 'sha256' is \(sha256 ?? ""): it is a different file")
        }
        return sum
    }

    /// Fails for a file that cannot be read again, as a resumed run needs.
    static func read(_ path: String) -> Data? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    }
}

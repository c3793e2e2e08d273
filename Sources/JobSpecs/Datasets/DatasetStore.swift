import Datasets
import Foundation
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
    }

    /// The records of a data set as bytes in one format.
    struct Contents {
        var data: Data
        var format: DatasetFormat
        var origin: DatasetOrigin
        /// Columns that a conversion left out.
        var leftOut: [String] = []
    }

    /// - Throws: ``Unreadable``, with the remedy if something has to be fetched or converted first.
    func contents(of spec: DatasetSpec) throws(Unreadable) -> Contents {
        let sources = try sources(of: spec)
        let origin = DatasetOrigin(files: sources.map { .init(name: $0.name, sha256: $0.sha256) })
        guard spec.resolvedFormat == .parquet else {
            return Contents(data: sources[0].data, format: spec.resolvedFormat, origin: origin)
        }
        guard let record = cache.record(of: ParquetConversion.source(sources)), let file = record.files.first,
            let data = Self.read(cache.file(file.sha256).path)
        else {
            throw Unreadable(message: "\(spec.path) has not been converted yet; \(Self.remedy)")
        }
        try Self.check(data, is: "the copy \(cache.file(file.sha256).path)", sha256: file.sha256)
        var converted = origin
        converted.converted = file.sha256
        return Contents(data: data, format: .jsonl, origin: converted, leftOut: record.leftOut ?? [])
    }

    /// The files of a data set, which are as the spec wants them.
    ///
    /// - Throws: ``Unreadable``.
    func sources(of spec: DatasetSpec) throws(Unreadable) -> [Source] {
        guard spec.isRemote else {
            guard let data = Self.read(spec.path) else { throw Unreadable(spec.path) }
            let sum = try Self.check(data, is: spec.path, sha256: spec.sha256)
            return [Source(name: spec.path, path: spec.path, data: data, sha256: sum)]
        }
        guard let sum = checksum(of: spec), let data = Self.read(cache.file(sum).path) else {
            throw Unreadable(message: "\(spec.path) is not in the cache \(cache.directory.path); \(Self.remedy)")
        }
        try Self.check(data, is: "the copy \(cache.file(sum).path)", sha256: sum)
        return [Source(name: spec.path, path: cache.file(sum).path, data: data, sha256: sum)]
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
    private static func read(_ path: String) -> Data? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    }
}

import Foundation

/// Files that were fetched for data sets, kept under their SHA-256.
package struct DatasetCache: Sendable {
    package let directory: URL

    package init(directory: URL) {
        self.directory = directory
    }

    /// `rsd-batch/datasets` in `$XDG_CACHE_HOME`, or in `~/.cache` where that is not an absolute path.
    package static var standard: DatasetCache {
        let named = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home =
            named.map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return DatasetCache(directory: home.appending(path: "rsd-batch/datasets"))
    }

    func file(_ sha256: String) -> URL { directory.appending(path: sha256) }

    /// Whether the file is here and whole.
    func holds(_ sha256: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: file(sha256).path) else { return false }
        return SHA256.hex(of: data) == sha256
    }

    /// Keeps a file whose checksum was found right. Several processes may do so at once.
    ///
    /// - Throws: ``FileFailure``.
    func keep(_ data: Data, _ sha256: String) throws {
        try RunDirectory.make(directory.path)
        let partial = "\(UUID().uuidString).partial"
        do {
            try AtomicFile.write(data, to: file(sha256), partial: partial)
        } catch {
            try? FileManager.default.removeItem(at: file(sha256).appendingPathExtension(partial))
            throw error
        }
    }
}

/// The bytes of a data set cannot be had, or are not those that the job means.
struct DatasetUnavailable: Error {
    var message: String
}

extension DatasetSpec {
    /// The file's bytes, of a fetched one those in the cache.
    func contents(cache: DatasetCache) throws(DatasetUnavailable) -> Data {
        guard isRemote else {
            guard let data = Self.read(path) else { throw DatasetUnavailable(message: Unreadable(path).message) }
            try check(data, is: path)
            return data
        }
        guard let sha256, let data = Self.read(cache.file(sha256).path) else {
            throw DatasetUnavailable(
                message:
                    "\(path) is not in the cache \(cache.directory.path); `rsd-batch validate` on this job fetches it")
        }
        try check(data, is: "the copy \(cache.file(sha256).path)")
        return data
    }

    /// Holds bytes against the spec's checksum.
    func check(_ data: Data, is what: String) throws(DatasetUnavailable) {
        guard let sha256 else { return }
        let sum = SHA256.hex(of: data)
        guard sum == sha256 else {
            throw DatasetUnavailable(
                message: "\(what) has the SHA-256 \(sum), and 'sha256' is \(sha256): it is another file")
        }
    }

    /// Of a file that stays: a run that goes on reads it again.
    private static func read(_ path: String) -> Data? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    }
}

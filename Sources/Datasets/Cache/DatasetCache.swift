import Foundation
import Support

/// Downloaded data sets, stored by their SHA-256.
package struct DatasetCache: Sendable {
    package let directory: URL

    package init(directory: URL) {
        self.directory = directory
    }

    /// `rsd-batch/datasets` in `$XDG_CACHE_HOME`, or in `~/.cache` if that is not an absolute path.
    package static var standard: DatasetCache {
        let named = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home =
            named.map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
        return DatasetCache(directory: home.appending(path: "rsd-batch/datasets"))
    }

    package func file(_ sha256: String) -> URL { directory.appending(path: sha256) }

    /// Whether the file is in the cache and complete.
    package func holds(_ sha256: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: file(sha256).path) else { return false }
        return SHA256.hex(of: data) == sha256
    }

    /// Stores a file whose checksum has been verified. Safe for concurrent processes.
    ///
    /// - Throws: ``FileFailure``.
    package func keep(_ data: Data, _ sha256: String) throws {
        try Folder.make(directory.path)
        try write(data, to: file(sha256))
    }

    func write(_ data: Data, to file: URL) throws {
        let partial = "\(UUID().uuidString).partial"
        do {
            try AtomicFile.write(data, to: file, partial: partial)
        } catch {
            try? FileManager.default.removeItem(at: file.appendingPathExtension(partial))
            throw error
        }
    }
}

import Foundation
import Support

extension DatasetSpec {
    /// The bytes of the file; for a remote one, those in the cache.
    package func contents(cache: DatasetCache) throws(Unreadable) -> Data {
        guard isRemote else {
            guard let data = Self.read(path) else { throw Unreadable(path) }
            try check(data, is: path)
            return data
        }
        guard let sha256, let data = Self.read(cache.file(sha256).path) else {
            throw Unreadable(
                message:
                    "\(path) is not in the cache \(cache.directory.path); run `rsd-batch validate` on this job to fetch it"
            )
        }
        try check(data, is: "the copy \(cache.file(sha256).path)")
        return data
    }

    /// Compares bytes with the spec's checksum.
    package func check(_ data: Data, is what: String) throws(Unreadable) {
        guard let sha256 else { return }
        let sum = SHA256.hex(of: data)
        guard sum == sha256 else {
            throw Unreadable(
                message: "\(what) has the SHA-256 \(sum), but 'sha256' is \(sha256): it is a different file")
        }
    }

    /// Fails for a file that cannot be read again, as a resumed run needs.
    private static func read(_ path: String) -> Data? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    }
}

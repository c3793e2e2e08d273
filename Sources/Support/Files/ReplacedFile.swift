import Foundation

/// A file that replaces an old one once it is complete; until then the old one stays as it is.
///
/// Anything but a regular file, such as a pipe, is written to directly.
package final class ReplacedFile {
    private let path: String
    private let partial: String?
    private var descriptor: Int32

    /// - Throws: ``FileFailure``.
    package init(_ file: URL) throws {
        path = file.path
        var status = stat()
        let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        partial = isSpecial ? nil : path + ".partial"
        descriptor = open(partial ?? path, O_WRONLY | O_CLOEXEC | (isSpecial ? 0 : O_CREAT | O_TRUNC), 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: partial ?? path, errno: errno) }
    }

    package func write(_ data: Data) throws {
        try AtomicFile.writeAll(data, to: descriptor, path: partial ?? path)
    }

    package func finish() throws {
        guard let partial else { return }
        guard fsync(descriptor) == 0, rename(partial, path) == 0 else { throw FileFailure(path: path, errno: errno) }
        close(descriptor)
        descriptor = -1
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if let partial { unlink(partial) }
    }
}

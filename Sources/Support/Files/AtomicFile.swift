import Foundation

/// Writes a file so that a reader sees the old content or the new, and never a part of either.
package enum AtomicFile {
    /// - Parameters:
    ///   - partial: what the file's name ends in until it is whole.
    ///   - mode: who may do what with it.
    package static func write(_ data: Data, to file: URL, partial: String = "partial", mode: mode_t = 0o644) throws {
        let temporary = file.appendingPathExtension(partial)
        // What an earlier process left, which may be a link, is not written to.
        unlink(temporary.path)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileFailure(path: temporary.path, errno: errno) }
        do {
            defer { close(descriptor) }
            try writeAll(data, to: descriptor, path: temporary.path)
            guard fsync(descriptor) == 0 else { throw FileFailure(path: temporary.path, errno: errno) }
        }
        guard rename(temporary.path, file.path) == 0 else { throw FileFailure(path: file.path, errno: errno) }
        try syncDirectory(file.deletingLastPathComponent())
    }

    /// Puts a copy in the place of a file: whoever has the old one open writes to it in vain.
    package static func renew(_ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        try write(Data(contentsOf: file, options: .mappedIfSafe), to: file)
    }

    /// Writes a value as JSON for people: indented, keys in order.
    package static func write(json value: some Encodable, to file: URL) throws {
        try write(try JSONText.pretty(value), to: file)
    }

    /// Foundation's own errors of writing do not name the file.
    package static func writeAll(_ data: Data, to descriptor: Int32, path: String) throws(FileFailure) {
        var rest = data[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw FileFailure(path: path, errno: errno) }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// Makes the names in a directory survive the end of the machine.
    package static func syncDirectory(_ directory: URL) throws {
        let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: directory.path, errno: errno) }
        defer { close(descriptor) }
        // Some network file systems refuse to sync a directory; the rename itself has happened.
        fsync(descriptor)
    }
}

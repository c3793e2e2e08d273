import Foundation

/// Writes files atomically: a reader sees the old content or the new, never a mixture.
package enum AtomicFile {
    /// - Parameters:
    ///   - partial: suffix of the file name while it is being written.
    ///   - mode: permissions of the file.
    package static func write(_ data: Data, to file: URL, partial: String = "partial", mode: mode_t = 0o644) throws {
        let temporary = file.appendingPathExtension(partial)
        // A leftover of an earlier process may be a link: never write through it.
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

    /// Replaces a file with a copy of itself, so that a process that holds the old one open can no longer change it.
    package static func renew(_ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        try write(Data(contentsOf: file, options: .mappedIfSafe), to: file)
    }

    /// Writes a value as JSON for people: indented, with sorted keys.
    package static func write(json value: some Encodable, to file: URL) throws {
        try write(try JSONText.pretty(value), to: file)
    }

    /// Adds the file's name to Foundation's write errors, which lack it.
    package static func writeAll(_ data: Data, to descriptor: Int32, path: String) throws(FileFailure) {
        var rest = data[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw FileFailure(path: path, errno: errno) }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// Syncs a directory, so that the names in it survive a crash of the machine.
    package static func syncDirectory(_ directory: URL) throws {
        let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: directory.path, errno: errno) }
        defer { close(descriptor) }
        // Some network file systems refuse to sync a directory; the rename has been done anyway.
        fsync(descriptor)
    }
}

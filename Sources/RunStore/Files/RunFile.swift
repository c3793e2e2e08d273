import Foundation

/// Reads files of run directories.
package enum RunFile {
    /// Returns the content of a file; nil if it does not exist.
    ///
    /// - Throws: ``DamagedRun`` if it is not a regular file, or unreadable.
    package static func contents(of file: URL) throws(DamagedRun) -> Data? {
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(
                file, fault,
                "Restore the file from a copy, or move it away and rerun the command that created it.")
        }
        var status = stat()
        guard lstat(file.path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
        guard stat(file.path, &status) == 0 else { throw damaged("is a broken symbolic link") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw damaged(status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is not a regular file")
        }
        do {
            return try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
    }
}

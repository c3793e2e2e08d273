import Foundation

/// Files of run directories.
package enum RunFile {
    /// What a file of a run holds; nil where nothing stands in its place.
    ///
    /// - Throws: ``DamagedRun`` where what stands there is no file, or none that can be read.
    package static func contents(of file: URL) throws(DamagedRun) -> Data? {
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(
                file, fault,
                "Put the file back from a copy, or move it away and give the command that made it once more.")
        }
        var status = stat()
        guard lstat(file.path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
        guard stat(file.path, &status) == 0 else { throw damaged("is a link to nothing") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw damaged(status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is no file")
        }
        do {
            return try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
    }
}

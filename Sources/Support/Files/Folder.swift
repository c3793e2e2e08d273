import Foundation

/// Directories in the file system.
package enum Folder {
    /// Creates a directory and its parents. The error names the one that could not be created.
    package static func make(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o755) == 0 { return }
        if errno == ENOENT {
            try make((path as NSString).deletingLastPathComponent)
            if mkdir(path, 0o755) == 0 { return }
        }
        var isDirectory: ObjCBool = false
        let failure = FileFailure(path: path, errno: errno)
        guard failure.errno == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
            isDirectory.boolValue
        else { throw failure }
    }
}

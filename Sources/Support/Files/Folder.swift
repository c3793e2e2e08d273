import Foundation

/// Directories in the file system.
package enum Folder {
    package static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Limit on the files of a directory that is read as a whole.
    private static let mostFiles = 100_000

    /// The paths of all files in a directory and those in it, without hidden ones. Links to directories are not followed.
    ///
    /// - Throws: ``Unreadable`` if there are very many.
    package static func files(below path: String) throws(Unreadable) -> [String] {
        var names: [String] = []
        guard let entries = FileManager.default.enumerator(atPath: path) else { throw Unreadable(path) }
        while let name = entries.nextObject() as? String {
            if name.split(separator: "/").last?.hasPrefix(".") == true {
                entries.skipDescendants()
            } else if !isFolder(path + "/" + name) {
                names.append(name)
            }
            guard names.count <= mostFiles else {
                throw Unreadable(message: "\(path) has more than \(mostFiles) files")
            }
        }
        return names
    }

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

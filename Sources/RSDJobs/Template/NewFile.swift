import Foundation
import Support

/// A file that a command writes for the user, who may already have one.
package enum NewFile {
    /// - Parameter replaces: whether an existing file is replaced.
    /// - Throws: ``FileExists``, ``FileFailure``.
    package static func write(_ text: String, to path: String, replaces: Bool) throws {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            throw FileFailure(path: path, errno: EISDIR)
        }
        if replaces { return try AtomicFile.write(Data(text.utf8), to: URL(filePath: path)) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw FileExists(path: path) }
            throw FileFailure(path: path, errno: errno)
        }
        defer { close(descriptor) }
        try AtomicFile.writeAll(Data(text.utf8), to: descriptor, path: path)
    }
}

/// A file that is not replaced unless asked for.
package struct FileExists: ProgramError, Hashable {
    package var path: String

    package init(path: String) { self.path = path }

    package var explanation: Explanation {
        Explanation(
            "file-exists", .badJob, "\(path) exists and was not changed",
            remedy: "Give another name, or --force to replace it.")
    }
}

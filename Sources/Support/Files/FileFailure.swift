import Foundation

/// A file or folder that could not be made, read or written.
package struct FileFailure: ProgramError, Hashable {
    package var path: String
    package var errno: Int32

    package init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }

    package var explanation: Explanation {
        Explanation("file", .disk, "\(path): \(String(cString: strerror(errno)))", remedy: Self.room(errno))
    }

    /// What to do where the disk is full; nil where it is not.
    package static func room(_ errno: Int32) -> String? {
        errno == ENOSPC || errno == EDQUOT ? "Free some space and run the same command again." : nil
    }
}

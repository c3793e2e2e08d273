import Foundation

/// A file or directory that could not be created, read or written.
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

    /// The remedy for a full disk; nil for other errors.
    package static func room(_ errno: Int32) -> String? {
        errno == ENOSPC || errno == EDQUOT ? "Free some space and run the same command again." : nil
    }
}

import Foundation

/// A directory as the kernel of this machine knows it: one that is moved stays the same, and a copy is another.
package struct DirectoryIdentity: Sendable, Hashable {
    /// `device:inode`.
    package let text: String

    /// - Returns: nil where there is no such directory.
    package init?(_ directory: String) {
        var status = stat()
        guard stat(directory, &status) == 0 else { return nil }
        text = "\(status.st_dev):\(status.st_ino)"
    }
}

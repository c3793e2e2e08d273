import Foundation

/// The identity of a directory on this machine: it survives a move, and a copy has another.
package struct DirectoryIdentity: Sendable, Hashable {
    /// `device:inode`.
    package let text: String

    /// - Returns: nil if there is no such directory.
    package init?(_ directory: String) {
        var status = stat()
        guard stat(directory, &status) == 0 else { return nil }
        text = "\(status.st_dev):\(status.st_ino)"
    }
}

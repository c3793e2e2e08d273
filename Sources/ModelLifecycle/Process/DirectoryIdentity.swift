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

    /// - Parameter text: see ``text``.
    init(text: String) { self.text = text }

    /// The text in a process's environment. It has the same length for every directory, so that the fork server can replace it
    /// where /proc shows it.
    var carried: String { text.padding(toLength: 48, withPad: " ", startingAt: 0) }

    /// The text of the directory that a process carries; nil if it carries none.
    static func carried(by pid: pid_t) -> String? {
        ProcFS.environment(of: pid, ProcessTree.homeVariable)?.trimmingCharacters(in: .whitespaces)
    }
}

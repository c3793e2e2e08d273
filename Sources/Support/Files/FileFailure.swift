import Foundation

/// A file of the run directory that could not be written.
package struct FileFailure: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var errno: Int32

    package init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }

    package var isDiskFull: Bool { errno == ENOSPC || errno == EDQUOT }
    package var description: String { "\(path): \(String(cString: strerror(errno)))" }
}

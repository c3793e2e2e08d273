import Foundation

/// Room on file systems.
package enum FreeSpace {
    /// Bytes that this user may still write to the file system of a path, or of its nearest folder that exists; nil if unknown.
    package static func bytes(at path: String) -> Int? {
        var status = statvfs()
        var path = path
        while statvfs(path, &status) != 0 {
            guard errno == ENOENT, path.count > 1 else { return nil }
            path = (path as NSString).deletingLastPathComponent
        }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}

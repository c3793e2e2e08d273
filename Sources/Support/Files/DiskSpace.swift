import Foundation

/// The space of the file system that holds a path.
package struct DiskSpace: Sendable, Hashable {
    /// Bytes that this user may still write.
    package var free: Int
    package var total: Int

    package init(free: Int, total: Int) { (self.free, self.total) = (free, total) }

    /// - Parameter path: may be missing; then that of its nearest directory.
    /// - Returns: nil if the system does not tell.
    package static func at(_ path: String) -> DiskSpace? {
        var status = statvfs()
        var place = path.isEmpty ? "." : path
        while statvfs(place, &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR, place != "/", place != "." else { return nil }
            place = (place as NSString).deletingLastPathComponent
            if place.isEmpty { place = "." }
        }
        return DiskSpace(free: bytes(status.f_bavail, status), total: bytes(status.f_blocks, status))
    }

    private static func bytes(_ blocks: fsblkcnt_t, _ status: statvfs) -> Int {
        let (bytes, overflows) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflows ? .max : Int(clamping: bytes)
    }
}

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
        return DiskSpace(
            free: Int(memory: status.f_bavail, unit: Int(bounding: Double(status.f_frsize))),
            total: Int(memory: status.f_blocks, unit: Int(bounding: Double(status.f_frsize))))
    }
}

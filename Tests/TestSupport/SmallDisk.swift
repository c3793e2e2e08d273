import Foundation

/// A file system in memory that is soon full.
package final class SmallDisk: Sendable {
    /// Mounting needs permission.
    package static let canBeMade: Bool = {
        do {
            let scratch = try Scratch()
            _ = try SmallDisk(at: scratch.url, kilobytes: 4)
            return true
        } catch {
            return false
        }
    }()

    private let place: String

    package init(at place: URL, kilobytes: Int) throws {
        self.place = place.path
        try Self.mount(place.path, flags: 0, options: "size=\(kilobytes)k")
    }

    deinit { umount2(place, Int32(MNT_DETACH)) }

    package func grow(kilobytes: Int = 1 << 10) throws {
        try Self.mount(place, flags: UInt(MS_REMOUNT), options: "size=\(kilobytes)k")
    }

    private static func mount(_ place: String, flags: UInt, options: String) throws {
        guard Foundation.mount("tmpfs", place, "tmpfs", flags, options) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }
}

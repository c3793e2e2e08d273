import Foundation

/// The limit on open files of this process.
package enum OpenFiles {
    /// More than any run needs.
    private static let most = 1 << 20

    /// The current soft limit.
    package static var limit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return most }
        return Int(min(limit.rlim_cur, rlim_t(most)))
    }

    /// Raises the limit as far as allowed. Child processes inherit it.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

import Foundation

/// The files that this process may have open.
package enum OpenFiles {
    /// Above what any run has use for.
    private static let most = 1 << 20

    /// How many it may have, as things are: the soft limit.
    package static var limit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return most }
        return Int(min(limit.rlim_cur, rlim_t(most)))
    }

    /// Raises the limit as far as it goes. What this process starts inherits it.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

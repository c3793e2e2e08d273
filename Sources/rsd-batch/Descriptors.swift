import Foundation

/// The files that a process may have open.
enum Descriptors {
    /// With fewer, what the program is built on traps where it is refused one.
    private static let least: rlim_t = 256

    /// Raises their limit as far as it goes, and sees to it that the first three are taken: a file of the run's that was opened in
    /// the place of a closed standard output would get what is printed.
    static func prepare() {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// - Throws: ``TooFewDescriptors``.
    static func check() throws(TooFewDescriptors) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < least else {
            return
        }
        throw TooFewDescriptors(limit: Int(limit.rlim_cur), least: Int(least))
    }
}

struct TooFewDescriptors: Error, CustomStringConvertible {
    var limit: Int
    var least: Int

    var description: String {
        "this shell lets a process have \(limit) files open, and \(least) are the least that will do: raise it with "
            + "`ulimit -n 4096`, or ask who keeps this machine where `ulimit -Hn` allows no more"
    }
}

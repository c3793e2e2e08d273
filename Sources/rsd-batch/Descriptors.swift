import Foundation
import ModelLifecycle
import Support

/// The files that a process may have open.
enum Descriptors {
    /// With fewer, what the program is built on traps where it is refused one.
    private static let least = 256

    /// Raises their limit as far as it goes, and sees to it that the first three are taken: a file of the run's that was opened in
    /// the place of a closed standard output would get what is printed.
    static func prepare() {
        OpenFiles.raiseLimit()
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// - Throws: ``TooFewDescriptors``.
    static func check() throws(TooFewDescriptors) {
        let limit = OpenFiles.limit
        if limit < least { throw TooFewDescriptors(limit: limit, least: least) }
    }
}

struct TooFewDescriptors: ProgramError {
    var limit: Int
    var least: Int

    var explanation: Explanation {
        Explanation(
            "too-few-descriptors", .unexpected,
            "this shell lets a process have \(limit) files open, and \(least) are the least that will do",
            remedy:
                "Raise the limit with `ulimit -n 4096`, or ask who keeps this machine where `ulimit -Hn` allows no more."
        )
    }
}

import Foundation
import ModelLifecycle
import Support

/// The limit on open files.
enum Descriptors {
    /// With fewer, libraries that this program uses trap when they are refused a descriptor.
    private static let least = 256

    /// Raises the limit as far as allowed and opens descriptors 0 to 2 where they are closed: otherwise a file of the run
    /// could take the place of standard output and receive what is printed.
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
            "the limit on open files is \(limit); rsd-batch needs at least \(least)",
            remedy:
                "Raise it with `ulimit -n 4096`; if `ulimit -Hn` is lower, ask the administrator of this machine."
        )
    }
}

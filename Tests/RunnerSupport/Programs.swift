import Foundation
import Synchronization

/// Where the programs under test and the repository are.
package enum Programs {
    /// Beside the test bundle.
    package static let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    package static let runner = directory.appending(path: "rsd-batch")
    package static let pocket = directory.appending(path: "rsd-pocket")
    package static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Held while a program is written, and while one is started: a child that is just being made has its parent's open files for
    /// a moment, and the kernel runs no program that somebody could write.
    static let turn = Mutex<Void>(())

    /// Writes a script that can be run.
    package static func write(script: String, to file: URL) throws {
        try turn.withLock { _ in
            try Data(script.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }
}

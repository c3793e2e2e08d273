import Foundation

/// Where the programs under test and the repository are.
package enum Programs {
    /// Beside the test bundle.
    package static let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    package static let runner = directory.appending(path: "rsd-batch")
    package static let pocket = directory.appending(path: "rsd-pocket")
    package static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

import Foundation

/// A temporary directory for one test; it is removed when this is released.
package final class Scratch: Sendable {
    package let url: URL

    /// - Parameter inMemory: whether to make it in memory where possible: a hundred small directories on a disk take seconds.
    /// - Throws: the errors of Foundation.
    package init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let parent =
            inMemory && FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        url = parent.appending(path: "rsd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    package func path(_ name: String) -> String { file(name).path }

    /// The text of a file; empty where there is none.
    package func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
    }

    /// Writes a file, and makes the directories on the way to it.
    package func write(_ text: String, to name: String) throws {
        let file = file(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}

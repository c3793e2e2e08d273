import Foundation

/// A program written by a test.
package enum Script {
    /// Writes a script that can be run at once.
    ///
    /// The kernel runs no file that somebody could write ("Text file busy"), and a child that is just being made has its parent's
    /// open files for a moment: another process makes the file, so that no child of this one ever has it open.
    ///
    /// - Throws: the errors of Foundation.
    package static func write(_ text: String, to file: URL) throws {
        let draft = FileManager.default.temporaryDirectory.appending(path: "rsd-script-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: draft) }
        try Data(text.utf8).write(to: draft)
        let install = try Process.run(
            URL(filePath: "/usr/bin/install"), arguments: ["-m", "755", draft.path, file.path])
        install.waitUntilExit()
        guard install.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}

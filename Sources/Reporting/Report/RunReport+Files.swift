import Foundation
import RunStore
import Support

extension RunReport {
    /// Writes the files beside `results.jsonl`.
    ///
    /// - Parameter page: ``html()``, if it is already made.
    package func write(to directory: RunDirectory, page: Data? = nil) throws {
        try AtomicFile.write(try summaryJSON(), to: directory.summary)
        try AtomicFile.write(Data(summary.csv.utf8), to: directory.summaryTable)
        try AtomicFile.write(try page ?? html(), to: directory.report)
    }

    /// `summary.json`.
    package func summaryJSON() throws -> Data { try JSONText.pretty(summary) }

    /// Writes a file atomically, creating the directories above it.
    ///
    /// - Throws: ``FileFailure``.
    package static func write(_ data: Data, to file: URL) throws {
        try Folder.make(file.deletingLastPathComponent().path)
        try AtomicFile.write(data, to: file)
    }
}

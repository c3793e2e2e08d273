import Foundation
import Support

/// The files of a run. Deleting the directory deletes the run.
package struct RunDirectory: Sendable, Equatable {
    package let url: URL

    package init(_ url: URL) {
        self.url = url.standardizedFileURL
    }

    /// The spec of the run, with every default.
    package var job: URL { url.appending(path: "job.yaml") }
    package var manifest: URL { url.appending(path: "manifest.json") }
    package var journal: URL { url.appending(path: "journal/events.jsonl") }
    /// Ledger of started engine processes, for finding leftovers.
    package var engines: URL { url.appending(path: "engines.jsonl") }
    /// What was submitted to Slurm; exists only for a run that was.
    package var submission: URL { url.appending(path: "submission.json") }
    package var lock: URL { url.appending(path: "lock") }
    package var logs: URL { url.appending(path: "logs") }
    /// One line per finished trajectory, written when all are finished.
    package var results: URL { url.appending(path: "results.jsonl") }
    /// The questions that were asked, written with the results: the data sets may be gone later, or elsewhere.
    package var problems: URL { url.appending(path: "problems.jsonl") }
    package var summary: URL { url.appending(path: "summary.json") }
    package var summaryTable: URL { url.appending(path: "summary.csv") }
    package var report: URL { url.appending(path: "report.html") }

    /// The content of `results.jsonl`; nil if it is missing or unreadable.
    package var resultsContent: Data? { try? RunFile.contents(of: results) }

    /// - Parameter isPrivate: whether engine logs may contain private data.
    package func create(isPrivate: Bool = false) throws(FileFailure) {
        for directory in [url, journal.deletingLastPathComponent()] { try Folder.make(directory.path) }
        try makeLogs(isPrivate: isPrivate)
    }

    package func makeLogs(isPrivate: Bool) throws(FileFailure) {
        try Folder.make(logs.path)
        guard !isPrivate || chmod(logs.path, 0o700) == 0 else { throw FileFailure(path: logs.path, errno: errno) }
    }
}

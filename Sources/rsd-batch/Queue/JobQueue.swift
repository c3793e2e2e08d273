import Foundation
import RSDJobs
import Reporting
import Support
import Terminal

/// Jobs that run one after the other: how each ended, and what the program ends with.
struct JobQueue {
    struct Entry: Encodable {
        var job: String
        var directory: String
        /// nil if it was not begun.
        var exit: ExitCategory?
        var summary: Summary?

        private enum CodingKeys: String, CodingKey {
            case job, directory, summary
            case exitCode = "exit_code"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(job, forKey: .job)
            try object.encode(directory, forKey: .directory)
            try object.encode(exit?.rawValue, forKey: .exitCode)
            try object.encode(summary, forKey: .summary)
        }
    }

    private(set) var entries: [Entry]

    /// - Parameter jobs: names and run directories, in the order in which they run.
    /// - Throws: ``JobsShareDirectory``.
    init(_ jobs: [(name: String, directory: String)]) throws(JobsShareDirectory) {
        entries = jobs.map { Entry(job: $0.name, directory: $0.directory) }
        for (place, entry) in entries.enumerated()
        where entries[..<place].contains(where: { $0.directory == entry.directory }) {
            throw JobsShareDirectory(directory: entry.directory)
        }
    }

    mutating func end(_ place: Int, _ exit: ExitCategory, _ summary: Summary?) {
        (entries[place].exit, entries[place].summary) = (exit, summary)
    }

    /// The exit code of the worst. What was not begun was interrupted.
    var exit: ExitCategory { entries.map { $0.exit ?? .interrupted }.worst }

    /// A line for each job.
    var lines: [Line] {
        entries.map { entry in
            let accuracies = (entry.summary?.rows ?? []).filter { $0.accuracy != nil }.map {
                "\($0.method) \(NumberFormat.percent($0.accuracy))"
            }
            let figures = accuracies.isEmpty ? "" : "  " + accuracies.joined(separator: ", ")
            return Line(entry.job, .strong) + "  " + Self.word(entry.exit) + Line(figures)
                + Line("  \(entry.directory)", .dim)
        }
    }

    private static func word(_ exit: ExitCategory?) -> Line {
        switch exit {
        case .done: Line("done", .green)
        case .someFailed: Line("done, some failed", .yellow)
        case .interrupted: Line("interrupted", .yellow)
        case nil: Line("not begun", .yellow)
        case let exit?: Line("failed (exit code \(exit.rawValue))", .red)
        }
    }
}

/// Two jobs of a queue have the same run directory.
struct JobsShareDirectory: ProgramError {
    var directory: String

    var explanation: Explanation {
        Explanation(
            "jobs-share-directory", .badJob, "two of the jobs have the run directory \(directory)",
            remedy: "Give them different names, or run them by separate commands with a --run-dir each.")
    }
}

extension [ExitCategory] {
    /// What a command that did several things ends with.
    var worst: ExitCategory {
        let order: [ExitCategory] = [
            .done, .someFailed, .usage, .badJob, .directoryTaken, .engine, .disk, .unexpected, .interrupted,
        ]
        return self.max { (order.firstIndex(of: $0) ?? order.count) < (order.firstIndex(of: $1) ?? order.count) }
            ?? .done
    }
}

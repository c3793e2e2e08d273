import Foundation
import JobSpecs
import RSDJobs
import Reporting
import RunStore
import Support

/// What a command that is run at the end of a run learns of it. Known facts are added while the run proceeds.
struct RunEnding {
    /// Of the job, or of several jobs; nil if a spec could not be read.
    var job: String?
    /// The job spec; nil for a merge and for several jobs.
    var spec: String?
    var directory: String?
    var shard: Shard?
    /// Of the runs that got to their results.
    var outcomes: [RunOutcome] = []
    /// What ended it too early.
    var error: String?

    private let start = ContinuousClock.now

    init(spec: String? = nil, directory: String? = nil) {
        (self.spec, self.directory) = (spec, directory)
    }

    /// The variables of the command, which [docs/watching.md](docs/watching.md) lists; those of unknown facts are empty.
    func environment(exit: ExitCategory) -> [String: String] {
        let accuracies = outcomes.map { outcome in
            (outcomes.count > 1 ? "\(outcome.summary.job): " : "") + Self.accuracy(outcome.summary.rows)
        }
        let isOver = !outcomes.isEmpty
        let answers = outcomes.flatMap(\.summary.rows).reduce(0) { $0 + $1.total }
        let facts: [(String, String?)] = [
            ("STATE", State(exit).rawValue), ("EXIT_CODE", String(exit.rawValue)), ("ERROR", error), ("JOB", job),
            ("SPEC", spec.map { URL(filePath: $0).path }), ("RUN_DIR", path(\.url)), ("SHARD", shard?.description),
            ("SUMMARY", isOver ? path(\.summary) : nil), ("ACCURACY", accuracies.joined(separator: "; ")),
            ("ANSWERS", isOver ? String(answers) : nil),
            ("FAILED", isOver ? String(outcomes.reduce(0) { $0 + $1.failed }) : nil),
            ("SECONDS", String(Int((ContinuousClock.now - start).inSeconds))),
        ]
        return Dictionary(uniqueKeysWithValues: facts.map { ("RSD_BATCH_\($0.0)", Self.safe($0.1 ?? "")) })
    }

    enum State: String {
        case finished, failed, interrupted

        init(_ exit: ExitCategory) {
            self =
                switch exit {
                case .done, .someFailed: .finished
                case .interrupted: .interrupted
                default: .failed
                }
        }
    }

    private func path(_ file: (RunDirectory) -> URL) -> String? {
        directory.map { file(RunDirectory(URL(filePath: $0))).path }
    }

    /// `rsd 94.5%, target_only 93.0%`, with the data sets if there are several.
    private static func accuracy(_ rows: [Summary.Row]) -> String {
        let namesDatasets = Set(rows.map(\.dataset)).count > 1
        return rows.filter { $0.accuracy != nil }.map { row in
            "\(row.method)\(namesDatasets ? "/\(row.dataset)" : "") \(NumberFormat.percent(row.accuracy))"
        }.joined(separator: ", ")
    }

    /// A variable ends at a zero byte, and one of more than 128 KiB keeps the command from starting.
    private static func safe(_ text: String) -> String {
        String(text.prefix { $0 != "\0" }.prefix(4000))
    }
}

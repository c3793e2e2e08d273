import Foundation
import JobSpecs
import RSDJobs
import Reporting
import RunStore
import Support

/// What a command that is run at the end of a run learns of it. Known facts are added while the run proceeds.
struct RunEnding {
    /// Of the job; nil if its spec could not be read.
    var job: String?
    /// The job spec; nil for a merge.
    var spec: String?
    var directory: String?
    var shard: Shard?
    /// nil if the run did not get to its results.
    var outcome: RunOutcome?
    /// What ended it too early.
    var error: String?

    private let start = ContinuousClock.now

    init(spec: String? = nil, directory: String? = nil) {
        (self.spec, self.directory) = (spec, directory)
    }

    /// The variables of the command, which [docs/watching.md](docs/watching.md) lists; those of unknown facts are empty.
    func environment(exit: ExitCategory) -> [String: String] {
        let rows = outcome?.summary.rows ?? []
        let results = outcome.map { _ in path(\.summary) } ?? ""
        let seconds = Int((ContinuousClock.now - start).inSeconds)
        var facts: [String: String?] = [
            "STATE": State(exit).rawValue, "EXIT_CODE": String(exit.rawValue), "ERROR": error,
            "SECONDS": String(seconds), "ACCURACY": Self.accuracy(rows), "SUMMARY": results,
        ]
        facts["JOB"] = .some(job)
        facts["SPEC"] = .some(spec.map { URL(filePath: $0).path })
        facts["RUN_DIR"] = path(\.url)
        facts["SHARD"] = .some(shard?.description)
        facts["ANSWERS"] = .some(outcome.map { _ in count(rows) })
        facts["FAILED"] = .some(outcome.map { String($0.failed) })
        return Dictionary(uniqueKeysWithValues: facts.map { ("RSD_BATCH_\($0.key)", Self.safe($0.value ?? "")) })
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

    private func path(_ file: (RunDirectory) -> URL) -> String {
        directory.map { file(RunDirectory(URL(filePath: $0))).path } ?? ""
    }

    private func count(_ rows: [Summary.Row]) -> String { "\(rows.reduce(0) { $0 + $1.total })" }

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

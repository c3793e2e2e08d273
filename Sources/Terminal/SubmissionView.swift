import RSDJobs
import Support

/// A submission and the commands that follow it, as text.
package struct SubmissionView: Sendable {
    package let submission: Submission
    /// As the user would type it.
    package let directory: String

    package init(_ submission: Submission, directory: String) {
        self.submission = submission
        self.directory = directory
    }

    package func lines(width: Int) -> [Line] {
        let run = directory.shellWord
        let count = submission.submitted.count
        let shards =
            count == submission.shards
            ? NumberFormat.counted(count, "shard")
            : "\(count) of \(NumberFormat.counted(submission.shards, "shard")), the others are finished"
        let merge = submission.merge.map { "; job \($0) merges when all have ended" } ?? ""
        let facts: [(String, String)] = [
            ("array", "\(submission.array)\(submission.place): \(shards)\(merge)"),
            ("scripts", "\(directory)/submit.sbatch, \(directory)/merge.sbatch"),
            ("logs", "\(directory)/logs/slurm-shard-*.log, \(directory)/logs/slurm-merge.log"),
            ("status", "rsd-batch status \(run)"),
            ("cancel", "rsd-batch cancel \(run)"),
        ]
        return facts.flatMap { name, value in
            (Line(name.padded(to: 9), .dim) + Line(value)).wrapped(to: width, indent: 9)
        }
    }
}

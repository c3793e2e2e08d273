import Foundation
import RunStore

/// `submission.json`: what was last submitted for a run in shards.
package struct Submission: Sendable, Equatable, Codable {
    /// Slurm's id of the array.
    package var array: String
    /// Of the job that merges; nil where it could not be submitted.
    package var merge: String?
    package var shards: Int
    /// Shards that the array has tasks for.
    package var submitted: [Int]
    package var at: String
    /// The cluster that has the jobs, where sbatch named it.
    package var cluster: String?
    /// SLURM_CONF at the submission; nil where it was not set.
    package var configuration: String?

    package var jobs: [String] { [array] + (merge.map { [$0] } ?? []) }

    /// ` on gpu`: the cluster, where it has a name here.
    package var place: String { cluster.map { " on \($0)" } ?? "" }

    package static func read(in parent: RunDirectory) throws -> Submission? {
        guard let data = try RunFile.contents(of: parent.submission) else { return nil }
        do {
            return try JSONDecoder().decode(Submission.self, from: data)
        } catch {
            throw DamagedRun(
                parent.submission, "cannot be read: it is damaged",
                "Look with squeue for what was submitted, and move the file away: `rsd-batch submit` writes it again.")
        }
    }
}

extension RunDirectory {
    /// See ``Submission``.
    package var submission: URL { url.appending(path: "submission.json") }
    /// The spec with all its values, for the tasks alone; there only where ``job`` does not have them.
    var submittedJob: URL { url.appending(path: "submit.yaml") }
    package var arrayScript: URL { url.appending(path: "submit.sbatch") }
    package var mergeScript: URL { url.appending(path: "merge.sbatch") }
}

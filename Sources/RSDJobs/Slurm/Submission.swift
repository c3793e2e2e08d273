import Foundation
import JobSpecs
import RunStore

/// `submission.json`: the last submission of a run in shards.
package struct Submission: Sendable, Equatable, Codable {
    /// Slurm's id of the array.
    package var array: String
    /// Slurm's id of the merge job; nil if it could not be submitted.
    package var merge: String?
    package var shards: Int
    /// Shards with a task in the array.
    package var submitted: [Int]
    package var at: String
    /// The cluster of the jobs, if sbatch named it.
    package var cluster: String?
    /// SLURM_CONF at the submission; nil if unset.
    package var configuration: String?
    /// The commits of models that the job names as on the Hugging Face hub; the tasks' own spec has only these.
    package var models: [ModelPin]?
    /// The thresholds that the job took from other runs; the tasks' own spec has only the numbers.
    package var thresholds: [CalibratedThreshold]?

    package var jobs: [String] { [array] + (merge.map { [$0] } ?? []) }

    /// The cluster as ` on gpu`; empty if it has no name here.
    package var place: String { cluster.map { " on \($0)" } ?? "" }

    package static func read(in parent: RunDirectory) throws -> Submission? {
        guard let data = try RunFile.contents(of: parent.submission) else { return nil }
        do {
            return try JSONDecoder().decode(Submission.self, from: data)
        } catch {
            throw DamagedRun(
                parent.submission, "is damaged",
                "Check with squeue what was submitted, and move the file away: `rsd-batch submit` writes it again.")
        }
    }
}

extension RunDirectory {
    /// The spec with all its values, for the tasks only; exists only if ``job`` leaves some out.
    var submittedJob: URL { url.appending(path: "submit.yaml") }
    /// The commits and thresholds of a run in shards, as submitted or as begun without Slurm.
    package var submittedPins: RunPins? {
        guard let submission = try? Submission.read(in: self) else { return pins }
        let (models, thresholds) = (submission.models ?? [], submission.thresholds ?? [])
        guard !models.isEmpty || !thresholds.isEmpty else { return pins }
        return RunPins(models: models, thresholds: thresholds, spec: job.relativePath)
    }
    package var arrayScript: URL { url.appending(path: "submit.sbatch") }
    package var mergeScript: URL { url.appending(path: "merge.sbatch") }
}

import Foundation

/// `submission.json`: what was last submitted for a run in shards.
public struct Submission: Sendable, Equatable, Codable {
    /// Slurm's id of the array.
    public var array: String
    /// Of the job that merges; nil where it could not be submitted.
    public var merge: String?
    public var shards: Int
    /// Shards that the array has tasks for.
    public var submitted: [Int]
    public var at: String

    public var jobs: [String] { [array] + (merge.map { [$0] } ?? []) }

    public static func read(in parent: RunDirectory) throws -> Submission? {
        guard let data = FileManager.default.contents(atPath: parent.submission.path) else { return nil }
        return try JSONDecoder().decode(Submission.self, from: data)
    }
}

extension RunDirectory {
    /// See ``Submission``.
    public var submission: URL { url.appending(path: "submission.json") }
    public var arrayScript: URL { url.appending(path: "submit.sbatch") }
    public var mergeScript: URL { url.appending(path: "merge.sbatch") }
}

import Foundation

/// `manifest.json`: what a run is, written before anything else so that a run killed at once can be resumed.
public struct Manifest: Sendable, Equatable, Codable {
    /// Of the run directory's layout.
    public var format = Manifest.currentFormat
    public var job: String
    /// All that a resumption must have in common with the run.
    public var identity: SpecIdentity
    /// The part of the job that the run is; nil for all of it. The identity is that of the whole job.
    public var shard: Shard?
    public var seed: UInt64
    public var program: String
    /// What the engine says of its version.
    public var engine: String
    public var host: String
    public var created: String
    /// What `residency: auto` came to for the process that last worked on the run; a note and no more.
    public var residency: String?
    /// Whether vLLM was told to compute the same whatever else is in the batch (`VLLM_BATCH_INVARIANT=1`), without which even
    /// greedy texts may change with the load; nil where that is not known, or the engine's way in any case.
    public var batchInvariant: Bool?
    /// How many weights each model has that a method needs, by role: the models may be elsewhere when the run is graded or reported.
    /// nil in runs of earlier versions.
    var models: [String: ModelSize]?
    /// Of a run that was put together from shards; nil of one that was run.
    public var merged: Merged?

    public struct Merged: Sendable, Equatable, Codable {
        public var shards: Int
        /// What of them is missing, a sentence each.
        public var missing: [String]
    }

    public static let currentFormat = 1

    /// - Returns: nil where there is none.
    /// - Throws: ``NewerRun``, or an error of the file system.
    static func read(_ file: URL) throws -> Manifest? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let (data, decoder) = (try Data(contentsOf: file), JSONDecoder())
        let layout = try decoder.decode(Layout.self, from: data)
        guard layout.format <= currentFormat else { throw NewerRun(manifest: file.path, program: layout.program) }
        return try decoder.decode(Manifest.self, from: data)
    }

    /// What every version's manifest has.
    private struct Layout: Decodable {
        var format: Int
        var program: String
    }
}

/// A run directory of a version that lays it out in another way.
public struct NewerRun: Error, Equatable, CustomStringConvertible {
    public var manifest: String
    public var program: String

    public var description: String {
        "\(manifest): rsd-batch \(program) wrote this run, and this is \(Program.version), which does not know how. Nothing was "
            + "changed. Go on with that version."
    }
}

/// The spec differs from the one that the run directory was begun with.
public struct SpecChanged: Error, CustomStringConvertible {
    public var directory: String
    public var changes: [SpecIdentity.Change]

    public var description: String {
        let lines = changes.map { "  \($0)" }
        return "the job differs from the one that \(directory) was begun with, and results of two jobs must not mix:\n"
            + lines.joined(separator: "\n")
            + "\nGive the changed job another name or another --run-dir, or delete the directory to start over."
    }
}

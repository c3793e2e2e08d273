import Checkpoints
import Foundation
import JobSpecs
import Support

/// `manifest.json`: the identity of a run, written before anything else so that a run killed early can be resumed.
package struct Manifest: Sendable, Equatable, Codable {
    /// Format version of the run directory.
    package var format = Manifest.firstFormat
    package var job: String
    /// What a resumed run must have in common with this one.
    package var identity: SpecIdentity
    /// The shard that the run is; nil for the whole job. The identity is that of the whole job.
    package var shard: Shard?
    package var seed: UInt64
    package var program: String
    /// The version that the engine reports.
    package var engine: String
    package var host: String
    package var created: String
    /// The choice of `residency: auto` in the process that last worked on the run; informative only.
    package var residency: String?
    /// Whether vLLM computed batch-invariantly (`VLLM_BATCH_INVARIANT=1`), without which even greedy texts may depend on the
    /// load; nil if unknown, or if the engine always does.
    package var batchInvariant: Bool?
    /// Number of weights of each needed model, by role: the models may be gone when the run is graded or reported. nil in runs
    /// of earlier versions.
    package var models: [String: ModelSize]?
    /// The files of each data set, as they were when the run was last begun or resumed; nil in runs of earlier versions.
    package var datasets: [String: DatasetOrigin]?
    /// The commits of models that are named as on the Hugging Face hub, by role; nil if there are none, and in runs of earlier
    /// versions. Models with the same files are the same, wherever they are from: these are not part of the identity.
    package var hub: [String: ModelPin]?
    /// The thresholds that the job took from other runs, as they were when the run was begun; nil if there are none.
    package var thresholds: [CalibratedThreshold]?
    /// Set for a run merged from shards.
    package var merged: Merged?
    /// The jobs that the run was before it was changed, oldest first; nil if it never was.
    package var history: [Past]?
    /// Whether the journal, which is begun before this file, names its run; nil in runs of earlier versions.
    package var namesJournal: Bool?
    /// See ``write(to:)``; set in the file only.
    var checksum: String?

    package init(
        format: Int = Manifest.firstFormat, job: String, identity: SpecIdentity, shard: Shard? = nil, seed: UInt64,
        program: String, engine: String, host: String, created: String, residency: String? = nil,
        batchInvariant: Bool? = nil, models: [String: ModelSize]? = nil, datasets: [String: DatasetOrigin]? = nil,
        hub: [String: ModelPin]? = nil,
        merged: Merged? = nil, namesJournal: Bool? = nil, checksum: String? = nil
    ) {
        self.format = format
        self.job = job
        self.identity = identity
        self.shard = shard
        self.seed = seed
        self.program = program
        self.engine = engine
        self.host = host
        self.created = created
        self.residency = residency
        self.batchInvariant = batchInvariant
        self.models = models
        self.datasets = datasets
        self.hub = hub
        self.merged = merged
        self.namesJournal = namesJournal
        self.checksum = checksum
    }

    /// A job that the run was before the next, or the present one.
    package struct Past: Sendable, Equatable, Codable {
        package var identity: SpecIdentity
        /// When it was changed.
        package var until: String
        /// The version of the program that changed it.
        package var program: String
    }

    package struct Merged: Sendable, Equatable, Codable {
        package var shards: Int
        /// What is missing from them, one sentence each.
        package var missing: [String]

        package init(shards: Int, missing: [String]) {
            self.shards = shards
            self.missing = missing
        }
    }

    /// The format of runs in which models are stopped early.
    package static let currentFormat = 3
    /// The format of runs whose job was changed, or that have responses of other runs.
    package static let grownFormat = 2
    /// The format of all others, which earlier versions read.
    package static let firstFormat = 1

    /// Makes the run that of a changed job.
    package mutating func grow(to identity: SpecIdentity, at date: Date) {
        history =
            (history ?? []) + [Past(identity: self.identity, until: date.formatted(.iso8601), program: Program.version)]
        self.identity = identity
        format = max(format, Self.grownFormat)
    }

    /// - Returns: nil if there is no file.
    /// - Throws: ``NewerRun``, ``DamagedRun``.
    package static func read(_ file: URL) throws -> Manifest? {
        guard let data = try RunFile.contents(of: file) else { return nil }
        let decoder = JSONDecoder()
        do {
            if let sealed = sealed(data), sealed != data {
                throw DamagedRun(file, "does not match its checksum", remedy)
            }
            let layout = try decoder.decode(Layout.self, from: data)
            guard layout.format <= currentFormat else { throw NewerRun(manifest: file.path, program: layout.program) }
            var manifest = try decoder.decode(Manifest.self, from: data)
            manifest.checksum = nil
            return manifest
        } catch is DecodingError {
            throw DamagedRun(file, "is damaged", remedy)
        }
    }

    /// Reads the manifest of a directory that should hold a run.
    ///
    /// - Throws: ``NoRun``, ``NewerRun``, ``DamagedRun``.
    package static func ofRun(in directory: RunDirectory) throws -> Manifest {
        if let manifest = try read(directory.manifest) { return manifest }
        guard try JournalReader.read(directory.journal).records.isEmpty else {
            throw DamagedRun(
                directory.manifest, "is missing",
                "Restore it from a copy, or rerun the command that created it (`rsd-batch run`, or `merge` for shards): it is recreated "
                    + "from the job and the journal.")
        }
        throw NoRun(directory: directory.url.path)
    }

    private static let remedy =
        "Restore it from a copy, or move it away and rerun the command that created it (`rsd-batch run`, or `merge` for shards): "
        + "it is recreated from the job and the journal."

    /// Writes the manifest with a checksum: the CRC-32 of the file with zeros in place of the checksum's digits.
    package func write(to file: URL) throws {
        var manifest = self
        manifest.checksum = Self.noSum
        let data = try JSONText.pretty(manifest)
        try AtomicFile.write(Self.sealed(data) ?? data, to: file)
    }

    /// The file with its true checksum; nil if it has no checksum in the usual place.
    private static func sealed(_ data: Data) -> Data? {
        let key = Data(#""checksum" : ""#.utf8)
        guard let place = data.range(of: key), data.endIndex - place.upperBound > noSum.utf8.count else { return nil }
        let digits = place.upperBound..<place.upperBound + noSum.utf8.count
        var data = data
        data.replaceSubrange(digits, with: Data(noSum.utf8))
        data.replaceSubrange(digits, with: Data(Checksum.digits(data)))
        return data
    }

    private static let noSum = "00000000"

    /// The fields that manifests of every version have.
    private struct Layout: Decodable {
        var format: Int
        var program: String
    }
}

/// A run directory in the format of a newer version.
package struct NewerRun: ProgramError, Equatable {
    package var manifest: String
    package var program: String

    package var explanation: Explanation {
        Explanation(
            "run-newer", .directoryTaken,
            "\(manifest): this run was written by rsd-batch \(program) in a format that \(Program.version) does not know. "
                + "Nothing was changed", remedy: "Use that version.")
    }
}

/// The spec differs from the one that the run directory was begun with.
package struct SpecChanged: ProgramError {
    package var directory: String
    package var changes: [SpecIdentity.Change]
    /// Number of the run's responses that a run of the new job in another directory could take over.
    package var reusable: Int

    package init(directory: String, changes: [SpecIdentity.Change], reusable: Int = 0) {
        self.directory = directory
        self.changes = changes
        self.reusable = reusable
    }

    package var explanation: Explanation {
        let reuse =
            reusable > 0
            ? " With --reuse \(directory), another run takes over \(counted(reusable, "response")) from this one." : ""
        return Explanation(
            "spec-changed", .directoryTaken,
            "the job differs from the one that \(directory) was begun with; the results of two jobs must not mix:\n"
                + changes.map { "  \($0)" }.joined(separator: "\n"),
            remedy:
                "Resume it with the settings that it was begun with, those of --set included (its job.yaml has them all), give "
                + "the changed job another name or another --run-dir, or delete the directory to start over." + reuse)
    }
}

import Checkpoints
import Foundation
import JobSpecs
import Support

/// `manifest.json`: what a run is, written before anything else so that a run killed at once can be resumed.
package struct Manifest: Sendable, Equatable, Codable {
    /// Of the run directory's layout.
    package var format = Manifest.currentFormat
    package var job: String
    /// All that a resumption must have in common with the run.
    package var identity: SpecIdentity
    /// The part of the job that the run is; nil for all of it. The identity is that of the whole job.
    package var shard: Shard?
    package var seed: UInt64
    package var program: String
    /// What the engine says of its version.
    package var engine: String
    package var host: String
    package var created: String
    /// What `residency: auto` came to for the process that last worked on the run; a note and no more.
    package var residency: String?
    /// Whether vLLM was told to compute the same whatever else is in the batch (`VLLM_BATCH_INVARIANT=1`), without which even
    /// greedy texts may change with the load; nil where that is not known, or the engine's way in any case.
    package var batchInvariant: Bool?
    /// How many weights each model has that a method needs, by role: the models may be elsewhere when the run is graded or reported.
    /// nil in runs of earlier versions.
    package var models: [String: ModelSize]?
    /// Of a run that was put together from shards; nil of one that was run.
    package var merged: Merged?
    /// Whether the journal, which is begun before this is written, says whose it is; nil in runs of earlier versions.
    package var namesJournal: Bool?
    /// See ``write(to:)``; nil but in the file.
    var checksum: String?

    package init(
        format: Int = Manifest.currentFormat, job: String, identity: SpecIdentity, shard: Shard? = nil, seed: UInt64,
        program: String, engine: String, host: String, created: String, residency: String? = nil,
        batchInvariant: Bool? = nil, models: [String: ModelSize]? = nil, merged: Merged? = nil,
        namesJournal: Bool? = nil, checksum: String? = nil
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
        self.merged = merged
        self.namesJournal = namesJournal
        self.checksum = checksum
    }

    package struct Merged: Sendable, Equatable, Codable {
        package var shards: Int
        /// What of them is missing, a sentence each.
        package var missing: [String]

        package init(shards: Int, missing: [String]) {
            self.shards = shards
            self.missing = missing
        }
    }

    package static let currentFormat = 1

    /// - Returns: nil where there is none.
    /// - Throws: ``NewerRun``, ``DamagedRun``.
    package static func read(_ file: URL) throws -> Manifest? {
        guard let data = try RunFile.contents(of: file) else { return nil }
        let decoder = JSONDecoder()
        do {
            if let sealed = sealed(data), sealed != data { throw DamagedRun(file, "is not as it was written", remedy) }
            let layout = try decoder.decode(Layout.self, from: data)
            guard layout.format <= currentFormat else { throw NewerRun(manifest: file.path, program: layout.program) }
            var manifest = try decoder.decode(Manifest.self, from: data)
            manifest.checksum = nil
            return manifest
        } catch is DecodingError {
            throw DamagedRun(file, "cannot be read: it is damaged", remedy)
        }
    }

    /// Of a directory that is to hold a run.
    ///
    /// - Throws: ``NoRun``, ``NewerRun``, ``DamagedRun``.
    package static func ofRun(in directory: RunDirectory) throws -> Manifest {
        if let manifest = try read(directory.manifest) { return manifest }
        guard try JournalReader.read(directory.journal).records.isEmpty else {
            throw DamagedRun(
                directory.manifest, "is missing",
                "Restore it from a copy, or give the command that made it (`rsd-batch run`, or `merge` for shards) once more: it is "
                    + "made again from the job and the journal.")
        }
        throw NoRun(directory: directory.url.path)
    }

    private static let remedy =
        "Restore it from a copy, or move it away and give the command that made it (`rsd-batch run`, or `merge` for shards) once "
        + "more: it is made again from the job and the journal."

    /// Writes it with a checksum: the CRC-32 of the file in which the checksum's own digits are zeros.
    package func write(to file: URL) throws {
        var manifest = self
        manifest.checksum = Self.noSum
        let data = try JSONText.pretty(manifest)
        try AtomicFile.write(Self.sealed(data) ?? data, to: file)
    }

    /// The file with its true checksum; nil where it has none in its usual place.
    private static func sealed(_ data: Data) -> Data? {
        let key = Data(#""checksum" : ""#.utf8)
        guard let place = data.range(of: key), data.endIndex - place.upperBound > noSum.utf8.count else { return nil }
        let digits = place.upperBound..<place.upperBound + noSum.utf8.count
        var data = data
        data.replaceSubrange(digits, with: Data(noSum.utf8))
        data.replaceSubrange(digits, with: Data(Checksum.hex(data).utf8))
        return data
    }

    private static let noSum = "00000000"

    /// What every version's manifest has.
    private struct Layout: Decodable {
        var format: Int
        var program: String
    }
}

/// A run directory of a version that lays it out in another way.
package struct NewerRun: ProgramError, Equatable {
    package var manifest: String
    package var program: String

    package var explanation: Explanation {
        Explanation(
            "run-newer", .directoryTaken,
            "\(manifest): rsd-batch \(program) wrote this run, and this is \(Program.version), which does not know how. "
                + "Nothing was changed", remedy: "Go on with that version.")
    }
}

/// The spec differs from the one that the run directory was begun with.
package struct SpecChanged: ProgramError {
    package var directory: String
    package var changes: [SpecIdentity.Change]

    package init(directory: String, changes: [SpecIdentity.Change]) {
        self.directory = directory
        self.changes = changes
    }

    package var explanation: Explanation {
        Explanation(
            "spec-changed", .directoryTaken,
            "the job differs from the one that \(directory) was begun with, and results of two jobs must not mix:\n"
                + changes.map { "  \($0)" }.joined(separator: "\n"),
            remedy: "Give the changed job another name or another --run-dir, or delete the directory to start over.")
    }
}

import Datasets
import Decoding
import Foundation
import JobSpecs
import RunStore

/// A run as its directory holds it: read without touching it, also while another process works on it.
package struct StoredRun: Sendable {
    package let directory: RunDirectory
    package let manifest: Manifest
    package let job: LoadedJob
    package let records: [JournalRecord]
    /// Who works on it now.
    package let holder: LockHolder?
    /// Seconds since the holder's last sign of life, by clocks that may differ.
    package let timeSinceHeartbeat: Double?
    package let trajectories: TrajectorySet

    /// - Throws: ``NoRun``, ``DamagedRun``, ``RunIncomplete``, ``TooManyShards``, ``JournalCorrupt``, ``ForeignEvent``.
    package init(_ directory: RunDirectory) throws {
        let manifest = try Manifest.ofRun(in: directory)
        let contents = try JournalReader.read(directory.journal)
        try manifest.check(contents, in: directory)
        self.directory = directory
        self.manifest = manifest
        records = contents.records
        let job = try Self.job(of: directory, as: manifest)
        self.job = try manifest.shard.map(job.part) ?? job
        (holder, timeSinceHeartbeat) =
            LockInspector.now(directory.lock).map { ($0.holder, $0.timeSinceHeartbeat) } ?? (nil, nil)
        var trajectories = TrajectorySet(self.job)
        _ = try trajectories.replay(records)
        self.trajectories = trajectories
    }

    /// The job without its models, with the questions that the run was begun with.
    private static func job(of directory: RunDirectory, as manifest: Manifest) throws -> LoadedJob {
        let job = try directory.writtenJob().following(manifest.identity)
        let changes = SpecIdentity(job).difference(from: manifest.identity)
        let changed = Set(changes.map(\.key))
        // The models are not looked at here, a version may know of more, and questions are told of below.
        let settings = changes.filter {
            $0.old != nil && !$0.key.hasPrefix("models.") && !$0.key.hasPrefix("prompt.")
                && !$0.key.hasPrefix("datasets.")
        }
        if let dataset = job.spec.datasets.first(where: { changed.contains("datasets.\($0.name).questions") }) {
            throw RunIncomplete(
                directory,
                "\(dataset.path) does not hold the questions that the run was begun with (data set '\(dataset.name)')")
        }
        guard settings.isEmpty else {
            throw directory.damagedSpec(
                "is not the job that the run was begun with: \(settings.map(\.description).joined(separator: "; "))")
        }
        return job
    }

    /// Sees to it, before the results are made from the journal, that it has lost nothing of what they held. While a process
    /// works on the run it may be about to make that again.
    ///
    /// - Throws: ``DamagedRun``.
    package func checkResultsAreKept() throws(DamagedRun) {
        guard trajectories.finishedCount < trajectories.count, holder?.isThisProcess != false else { return }
        let finished = Set(trajectories.filter { $0.response.finish != nil }.map(\.id.description))
        let lost = ResultLine.all(in: directory.resultsContent).count {
            // Those that failed may have been given another try.
            $0.finish != .failed && !finished.contains($0.id)
        }
        guard lost == 0 else {
            throw DamagedRun(
                directory.journal, "has lost \(lost) of the answers that results.jsonl beside it holds",
                "Restore it from a copy, or give the command that made it once more: what is missing is generated again."
            )
        }
    }

    package func problem(of id: TrajectoryID) -> Problem? { trajectories.problem(of: id) }

    package var figures: RunFigures {
        RunFigures(records: records, waves: trajectories.waves, engines: JobEngines(job.spec))
    }
}

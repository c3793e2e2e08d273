import Datasets
import Decoding
import Foundation
import JobSpecs
import RunStore
import Support

/// A run read from its directory without changing it, also while another process works on it.
package struct StoredRun: Sendable {
    package let directory: RunDirectory
    package let manifest: Manifest
    package let job: LoadedJob
    package let records: [JournalRecord]
    /// The process that works on it now.
    package let holder: LockHolder?
    /// Seconds since the holder's last heartbeat, by clocks that may differ.
    package let timeSinceHeartbeat: Double?
    package let trajectories: TrajectorySet

    /// - Throws: ``NoRun``, ``DamagedRun``, ``RunIncomplete``, ``TooManyShards``, ``JournalCorrupt``, ``ForeignEvent``.
    package init(_ directory: RunDirectory) throws {
        let manifest = try Manifest.ofRun(in: directory)
        let beginning = Ahead {
            let job = try Self.job(of: directory, as: manifest)
            return (job, TrajectorySet(job))
        }
        let contents = try JournalReader.read(directory.journal)
        try manifest.check(contents, in: directory)
        try manifest.checkIsJournalled(contents, in: directory)
        self.directory = directory
        self.manifest = manifest
        records = contents.records
        var trajectories: TrajectorySet
        (job, trajectories) = try beginning.take()
        (holder, timeSinceHeartbeat) =
            LockInspector.now(directory.lock).map { ($0.holder, $0.timeSinceHeartbeat) } ?? (nil, nil)
        _ = try trajectories.replay(records)
        self.trajectories = trajectories
    }

    /// The job, or the shard of it that the run is, without its models, with the questions that the run was begun with.
    static func job(of directory: RunDirectory, as manifest: Manifest) throws -> LoadedJob {
        let job = try directory.writtenJob(of: manifest)
        return try manifest.shard.map(job.part) ?? job
    }

    /// Checks that the journal still has everything that the results hold, before they are recreated from it. While a process
    /// works on the run, it may be about to regenerate the rest.
    ///
    /// - Throws: ``DamagedRun``.
    package func checkResultsAreKept() throws(DamagedRun) {
        guard trajectories.finishedCount < trajectories.count, holder?.isThisProcess != false else { return }
        let finished = Set(trajectories.filter { $0.response.finish != nil }.map(\.id.description))
        let lost = ResultLine.all(in: directory.resultsContent).count {
            // Failed trajectories may have been retried.
            $0.finish != .failed && !finished.contains($0.id)
        }
        guard lost == 0 else {
            throw DamagedRun(
                directory.journal, "has lost \(lost) of the answers that results.jsonl beside it holds",
                "Restore it from a copy, or rerun the command that created it, which generates the missing answers again."
            )
        }
    }

    package func problem(of id: TrajectoryID) -> Problem? { trajectories.problem(of: id) }

    package var figures: RunFigures {
        RunFigures(records: records, waves: trajectories.waves, engines: JobEngines(job.spec))
    }
}

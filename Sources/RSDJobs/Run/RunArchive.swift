import Foundation

/// A run as its directory holds it: read without touching it, also while another process works on it.
public struct RunArchive: Sendable {
    public let directory: RunDirectory
    public let job: LoadedJob
    public let records: [JournalRecord]
    /// Who works on it now.
    public let holder: LockHolder?
    let roster: Roster

    /// - Throws: ``NoRun``, ``SpecErrors``, ``JournalCorrupt``, ``ForeignEvent``, or an error of the file system.
    public init(_ directory: RunDirectory) throws {
        guard try Manifest.read(directory.manifest) != nil else { throw NoRun(directory: directory.url.path) }
        self.directory = directory
        job = try JobLoader.load(directory.job, withModels: false)
        holder = RunLock.holder(of: directory.lock)
        records = try JournalReader.read(directory.journal).records
        var roster = Roster(job)
        _ = try roster.replay(records)
        self.roster = roster
    }

    /// In the order of the results.
    public var trajectories: [Trajectory] { roster.all }

    public func problem(of id: TrajectoryID) -> Problem? { roster.problem(of: id) }

    /// What the results say of a trajectory; nil where there are none yet, or none of this one.
    public func result(of id: TrajectoryID) -> ResultLine? {
        let name = id.description
        return ResultLine.all(in: directory.results).first { $0.id == name }
    }

    public var figures: RunFigures {
        RunFigures(records: records, waves: roster.waves)
    }
}

/// There is no run in this directory.
public struct NoRun: Error, Equatable, CustomStringConvertible {
    public var directory: String
    public var description: String {
        "\(directory) is not a run directory: it has no manifest.json. `rsd-batch run JOB.yaml` makes one under runs/."
    }
}

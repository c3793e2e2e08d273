import Foundation

/// A run as its directory holds it: read without touching it, also while another process works on it.
public struct RunArchive: Sendable {
    public let directory: RunDirectory
    let manifest: Manifest
    public let job: LoadedJob
    public let records: [JournalRecord]
    /// Who works on it now.
    public let holder: LockHolder?
    /// Seconds since the holder's last sign of life, by clocks that may differ.
    public let silence: Double?
    let roster: Roster

    /// - Throws: ``NoRun``, ``RunIncomplete``, ``TooManyShards``, ``JournalCorrupt``, ``ForeignEvent``, or an error of the file system.
    public init(_ directory: RunDirectory) throws {
        guard let manifest = try Manifest.read(directory.manifest) else {
            throw NoRun(directory: directory.url.path)
        }
        self.directory = directory
        self.manifest = manifest
        let job = try Self.job(of: directory, as: manifest)
        self.job = try manifest.shard.map(job.part) ?? job
        (holder, silence) = LockLook.now(directory.lock).map { ($0.holder, $0.silence) } ?? (nil, nil)
        records = try JournalReader.read(directory.journal).records
        var roster = Roster(self.job)
        _ = try roster.replay(records)
        self.roster = roster
    }

    /// The job without its models, with the questions that the run was begun with.
    private static func job(of directory: RunDirectory, as manifest: Manifest) throws(RunIncomplete) -> LoadedJob {
        let job: LoadedJob
        do throws(SpecErrors) {
            job = try JobLoader.load(directory.job, withModels: false)
        } catch {
            throw RunIncomplete(errors: error)
        }
        let changed = Set(SpecIdentity(job).difference(from: manifest.identity).map(\.key))
        if let dataset = job.spec.datasets.first(where: { changed.contains("datasets.\($0.name).questions") }) {
            throw RunIncomplete(
                directory,
                "\(dataset.path) does not hold the questions that the run was begun with (data set '\(dataset.name)')")
        }
        return job
    }

    /// In the order of the results.
    public var trajectories: [Trajectory] { roster.all }

    public func problem(of id: TrajectoryID) -> Problem? { roster.problem(of: id) }

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

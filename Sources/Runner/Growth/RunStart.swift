import Decoding
import Foundation
import JobSpecs
import RunStore

/// Where a run goes on: what its journal holds, what other runs can give, and how its job was changed.
struct RunStart: Sendable {
    let identity: SpecIdentity
    /// The run, as its journal names it.
    let owner: RunIdentity
    let scope: RequestScope
    private(set) var trajectories: TrajectorySet
    /// The records of the journal, with the requests that journals of earlier versions do not name.
    private(set) var journal: [JournalRecord]
    /// All responses that are known.
    private(set) var responses = ResponseCache()
    /// Number of events from the journal.
    private(set) var replayed = 0
    /// Whether the journal is known to belong to this run, from its own first line or from the manifest.
    private(set) var isOwned = false
    /// For the journal, before anything is requested.
    private(set) var records: [JournalRecord] = []
    private(set) var notes: [RunEvent] = []
    private var hasGrown = false
    private var hasSources = false

    /// - Parameters:
    ///   - earlier: nil if nothing was begun.
    ///   - reuse: runs, or folders of runs, whose responses are taken over.
    /// - Throws: ``SpecChanged``, ``ShardChanged``, ``DamagedRun``, ``ForeignEvent``, ``NothingToReuse``.
    init(
        of job: LoadedJob, in directory: RunDirectory, from contents: JournalContents, begunAs earlier: Manifest?,
        reusing reuse: [URL]
    ) throws {
        // It takes a look at every problem.
        identity = SpecIdentity(job)
        owner = RunIdentity(job: identity.hash, shard: job.shard)
        scope = RequestScope(job, as: identity)
        trajectories = TrajectorySet(job)
        journal = contents.records
        var changes: JobChanges?
        if let earlier {
            changes = try earlier.changes(to: job, named: owner, in: directory, contents, scope)
            isOwned = true
        } else {
            isOwned = try directory.checkWithoutManifest(contents, for: owner)
        }
        if let changes, let earlier {
            journal = (try? directory.named(contents, as: earlier)) ?? journal
            let rewound: [Growth.Rewound]
            do throws(ProblemChanged) {
                (replayed, rewound) = try trajectories.regrow(from: journal, changes: changes, of: job, in: scope)
            } catch {
                throw SpecChanged(
                    directory: directory.url.path,
                    changes: earlier.changes(to: job) + [error.change].compactMap(\.self),
                    reusable: directory.reusable(for: job, contents, earlier, scope))
            }
            records.append(.grown(Growth(identity: owner, rewound: rewound)))
            notes.append(.grew(changes.growing, goingOn: rewound.count { trajectories[$0.id] != nil }))
            hasGrown = true
        } else {
            replayed = try trajectories.replay(journal)
        }
        // Nothing more will be asked: no response has to be found.
        if reuse.isEmpty, !hasGrown, trajectories.allSatisfy(\.isDone) { return }
        if journal.haveUnnamedRequests {
            journal = [JournalRecord]((journal + records).named(by: job, as: identity).prefix(journal.count))
        }
        responses.add(journal)
        try take(reuse + (changes == nil ? [] : directory.otherShards(of: job)), besides: directory, contents)
    }

    /// Whether the journal has to be written again before ``records`` are added to it.
    func renames(_ contents: JournalContents) -> Bool { hasGrown && journal != contents.records }

    private mutating func take(_ paths: [URL], besides directory: RunDirectory, _ contents: JournalContents) throws {
        if !paths.isEmpty {
            var runs = try ReusedRuns(paths, besides: directory)
            let sources = try runs.add(to: &responses, after: contents.records)
            records += sources.map(JournalRecord.source)
            notes += runs.skipped.map { .reuseFailed($0.directory, reason: $0.reason) }
            hasSources = !sources.isEmpty
        }
        let served = trajectories.serve(from: responses, in: scope)
        records += served
        if !paths.isEmpty { notes.append(.reused(answers: served.count { $0.isFromElsewhere })) }
    }

    /// Notes in the manifest what earlier versions of the program could not read.
    func note(in manifest: inout Manifest) {
        if manifest.identity != identity { manifest.grow(to: identity, at: Date()) }
        if hasGrown || hasSources { manifest.format = max(manifest.format, Manifest.grownFormat) }
        if scope.job.mayStopModels { manifest.format = Manifest.currentFormat }
    }
}

extension Trajectory {
    /// Whether it is finished for good: one that failed may be tried again.
    fileprivate var isDone: Bool { response.finish.map { $0 != .failed } ?? false }
}

extension JournalRecord {
    fileprivate var isFromElsewhere: Bool {
        if case .event(_, _, let origin) = self { origin.source != nil } else { false }
    }
}

extension RunDirectory {
    /// The directories of the other shards: more problems are divided otherwise, so that some of this shard's may be theirs.
    fileprivate func otherShards(of job: LoadedJob) -> [URL] {
        guard job.shard != nil else { return [] }
        let run = ShardedRun(RunDirectory(url.deletingLastPathComponent()))
        return run.present.map { run.directory(of: $0).url }.filter { $0 != url }
    }
}

extension Manifest {
    /// How the job was changed; nil if the journal is that of the same job.
    ///
    /// - Throws: ``SpecChanged`` if the run cannot go on with the job; ``ShardChanged``, ``DamagedRun``.
    fileprivate func changes(
        to job: LoadedJob, named owner: RunIdentity, in directory: RunDirectory, _ contents: JournalContents,
        _ scope: RequestScope
    ) throws -> JobChanges? {
        guard shard == job.shard else {
            throw ShardChanged(directory: directory.url.path, found: shard, wanted: job.shard)
        }
        let differences = changes(to: job)
        if !differences.isEmpty, contents.owners.contains(owner) {
            throw DamagedRun(
                directory.manifest, "belongs to another job than the journal beside it, which is this job's",
                "Move it away and run the same command again, which recreates it.")
        }
        let changes = JobChanges(from: journalled(in: contents), to: job)
        guard changes.mixing.isEmpty else {
            throw SpecChanged(
                directory: directory.url.path, changes: differences.isEmpty ? changes.mixing : differences,
                reusable: directory.reusable(for: job, contents, self, scope))
        }
        try check(contents, in: directory)
        return changes.isEmpty ? nil : changes
    }
}

extension RunDirectory {
    /// Number of responses in the journal that a run of another job could take over.
    fileprivate func reusable(
        for job: LoadedJob, _ contents: JournalContents, _ manifest: Manifest, _ scope: RequestScope
    ) -> Int {
        var responses = ResponseCache()
        responses.add((try? named(contents, as: manifest)) ?? contents.records)
        var trajectories = TrajectorySet(job)
        let served = trajectories.serve(from: responses, in: scope)
        return Set(served.compactMap(\.request)).count
    }
}

extension JournalRecord {
    fileprivate var request: RequestFingerprint? {
        if case .event(_, _, let origin) = self { origin.request } else { nil }
    }
}

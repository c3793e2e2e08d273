import Foundation
import JobSpecs
import OrderedCollections
import RunStore
import Support
import Synchronization

/// The state of a run's shards before a merge.
struct ShardSurvey: Sendable {
    /// A shard whose journal belongs to this job.
    struct Part: Sendable {
        var shard: Shard
        var manifest: Manifest
        /// Bytes of its journal up to the end of the last valid line.
        var journalLength: Int
    }

    let run: ShardedRun
    let count: Int
    /// The whole job that the shards were begun with.
    let job: LoadedJob
    /// What can be merged: finished shards, and what others have done so far.
    private(set) var parts: [Part] = []
    /// Missing and unfinished shards.
    private(set) var missing: [ShardFault] = []

    /// - Throws: ``NoShards``, ``ShardsMixed``, ``ShardsUnfit`` if a shard does not belong to the others, ``DamagedRun``,
    ///   ``RunIncomplete``, ``SpecChanged`` if the data has changed, ``TooManyShards``.
    ///
    /// - Parameter waiting: see ``Job/merge(_:partial:interruption:waiting:began:)``.
    init(_ run: ShardedRun, waiting: @escaping @Sendable (_ seconds: Double) -> Void = { _ in }) async throws {
        let present = run.present
        guard let count = present.first?.count else { throw NoShards(directory: run.parent.url.path) }
        guard present.allSatisfy({ $0.count == count }) else {
            throw ShardsMixed(
                directory: run.parent.url.path, found: present.filter { $0.count == count }, shard: present.last)
        }
        self.run = run
        self.count = count
        var manifests: OrderedDictionary<Shard, Manifest> = [:]
        for shard in present { manifests[shard] = try Manifest.read(run.directory(of: shard).manifest) }
        let model = try Self.reference(manifests, in: run, count: count)
        job = try Self.job(of: run, begunAs: run.directory(of: model)).following(manifests[model]?.identity)
        let identity = SpecIdentity(job)
        let data = Set(identity.entries.map(\.key).filter { $0.hasPrefix("datasets") })
        let changes = identity.difference(from: manifests[model]?.identity ?? identity)
            .filter { data.contains($0.key) }
        guard changes.isEmpty else { throw SpecChanged(directory: run.parent.url.path, changes: changes) }
        // Before the journals: a journal without a running process no longer changes.
        let locks = try await Self.locks(of: manifests.keys.elements, in: run, waiting: waiting)
        for shard in Shard.all(count) { try look(at: shard, manifests[shard], lock: locks[shard]) }
    }

    /// The job as last submitted, which may name another grader than the shards were begun with; otherwise that of a shard.
    private static func job(of run: ShardedRun, begunAs shard: RunDirectory) throws -> LoadedJob {
        let begun = try shard.writtenJob()
        let manager = FileManager.default
        guard try Submission.read(in: run.parent) != nil,
            // Usually the same, so the data need not be read again.
            !manager.contentsEqual(atPath: run.parent.job.path, andPath: shard.job.path),
            let submitted = try? run.parent.writtenJob(),
            SpecIdentity(submitted).difference(from: SpecIdentity(begun)).isEmpty
        else { return begun }
        return submitted
    }

    /// Checked concurrently, since each may take a minute.
    private static func locks(
        of shards: [Shard], in run: ShardedRun, waiting: @escaping @Sendable (_ seconds: Double) -> Void
    ) async throws -> [Shard: LockInspector.Finding] {
        let hasTold = Atomic(false)
        let tell: @Sendable (Double) -> Void = { seconds in
            if !hasTold.exchange(true, ordering: .relaxed) { waiting(seconds) }
        }
        return try await withThrowingTaskGroup(of: (Shard, LockInspector.Finding).self) { group in
            for shard in shards {
                group.addTask {
                    let files = LockFiles(base: run.directory(of: shard).lock)
                    let finding = try await LockInspector.finding(
                        files, isFreeHere: { KernelLock.isFree(files.base) }, waiting: { _, seconds in tell(seconds) })
                    return (shard, finding)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// A shard of the most common job.
    ///
    /// - Throws: ``ShardsUnfit`` if there is a shard of another job, ``NoShards`` if none was begun.
    private static func reference(
        _ manifests: OrderedDictionary<Shard, Manifest>, in run: ShardedRun, count: Int
    ) throws -> Shard {
        let groups = Dictionary(grouping: manifests.elements) { $0.value.identity.hash }
        /// The jobs that the shards of a group had before.
        func past(_ hash: String) -> Set<String> {
            Set((groups[hash] ?? []).flatMap { $0.value.history ?? [] }.map(\.identity.hash)).subtracting([hash])
        }
        /// A job that others were changed to comes first.
        func rank(_ hash: String) -> (Int, Int, Int) {
            let group = groups[hash] ?? []
            return (past(hash).isDisjoint(with: groups.keys) ? 0 : 1, group.count, -(group.first?.key.index ?? 0))
        }
        let most = groups.keys.max { rank($0) < rank($1) }
        guard let most, let (shard, manifest) = groups[most]?.first else {
            throw NoShards(directory: run.parent.url.path)
        }
        let foreign = manifests.elements.compactMap { other, found -> ShardFault? in
            if found.shard != other { return ShardFault(shard: other, kind: .misplaced(found.shard)) }
            let changes = manifest.identity.difference(from: found.identity)
            if changes.isEmpty { return nil }
            if past(most).contains(found.identity.hash) {
                return ShardFault(shard: other, kind: .unchanged(changes, unlike: shard))
            }
            return ShardFault(
                shard: other, kind: .foreign(found.identity.difference(from: manifest.identity), than: shard))
        }
        guard foreign.isEmpty else { throw ShardsUnfit(run: run, faults: foreign) }
        return shard
    }

    private mutating func look(at shard: Shard, _ manifest: Manifest?, lock: LockInspector.Finding?) throws {
        let directory = run.directory(of: shard)
        guard let manifest else { return missing.append(ShardFault(shard: shard, kind: .notBegun)) }
        var trajectories = TrajectorySet(try job.part(shard))
        do {
            let contents = try JournalReader.read(directory.journal)
            try manifest.check(contents, in: directory)
            try manifest.checkIsJournalled(contents, in: directory)
            _ = try trajectories.replay(contents.records)
            parts.append(Part(shard: shard, manifest: manifest, journalLength: contents.goodLength))
        } catch let error where error is JournalCorrupt || error is ForeignEvent || error is DamagedRun {
            return missing.append(ShardFault(shard: shard, kind: .damaged("\(error)")))
        }
        let (finished, total) = (trajectories.finishedCount, trajectories.count)
        if case .held(let holder) = lock {
            missing.append(ShardFault(shard: shard, kind: .running(holder, finished: finished, of: total)))
        } else if finished < total {
            missing.append(ShardFault(shard: shard, kind: .unfinished(finished, of: total)))
        }
    }
}

/// Why a shard cannot be merged.
package struct ShardFault: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        case notBegun
        case running(LockHolder?, finished: Int, of: Int)
        case unfinished(Int, of: Int)
        case damaged(String)
        /// The directory belongs to another shard, or to an undivided job.
        case misplaced(Shard?)
        case foreign([SpecIdentity.Change], than: Shard)
        /// The job of another shard was changed, that of this one not yet.
        case unchanged([SpecIdentity.Change], unlike: Shard)
    }

    package var shard: Shard
    package var kind: Kind

    package var description: String { "\(shard.directoryName) \(what)" }

    private var what: String {
        switch kind {
        case .notBegun: "was never started"
        case .running(let holder, let finished, let total):
            "is in use by \(holder?.description ?? "a process"): "
                + "\(finished) of \(total) finished"
        case .unfinished(let finished, let total):
            "is unfinished, and no process works on it: \(finished) of \(total) finished"
        case .damaged(let reason): "is unreadable: \(reason)"
        case .misplaced(let found?): "holds shard \(found), which was moved or copied here; put it back, or delete it"
        case .misplaced(nil): "holds an undivided run, which was moved or copied here; move it away"
        case .foreign(let changes, let other):
            "belongs to another job than \(other.directoryName): "
                + changes.map(\.description).joined(separator: "; ") + "; delete it and run it again"
        case .unchanged(let changes, let other):
            "has not grown yet, unlike \(other.directoryName): " + changes.map(\.description).joined(separator: "; ")
        }
    }

    /// Where to look and what to run.
    fileprivate func remedies(in run: ShardedRun) -> [String] {
        switch kind {
        case .running, .damaged, .misplaced, .foreign: return []
        case .unchanged(_, let other): return ["change it too: " + command(run.directory(of: other).job.path, in: run)]
        case .notBegun, .unfinished: break
        }
        let log = run.parent.logs.appending(path: "slurm-shard-\(shard.index).log").path
        let isThere = FileManager.default.fileExists(atPath: log)
        let specs = [run.parent.submittedJob.path, run.parent.job.path]
        let spec = specs.first(where: FileManager.default.fileExists) ?? "JOB.yaml"
        return (isThere ? ["for the reason, see \(log)"] : []) + ["resume it: " + command(spec, in: run)]
    }

    private func command(_ spec: String, in run: ShardedRun) -> String {
        "rsd-batch run \(spec.shellWord) --run-dir \(run.parent.url.path.shellWord) --shard \(shard)"
    }
}

/// Shards that prevent a merge.
package struct ShardsUnfit: ProgramError, Equatable {
    package var run: ShardedRun
    package var faults: [ShardFault]

    package var explanation: Explanation {
        let lines = faults.flatMap { fault in ["  \(fault)"] + fault.remedies(in: run).map { "    \($0)" } }
        let next =
            faults.allSatisfy(\.kind.isOfThisJob)
            ? "Run `rsd-batch submit` with the same options to submit the unfinished shards, "
                + "or `rsd-batch merge --partial` to merge what is there."
            : nil
        return Explanation(
            "shards-unfit", .directoryTaken,
            "the shards in \(run.parent.url.path) cannot be merged:\n" + lines.joined(separator: "\n"), remedy: next)
    }
}

extension ShardFault.Kind {
    /// Whether the shard belongs to the others, though incomplete.
    fileprivate var isOfThisJob: Bool {
        switch self {
        case .notBegun, .running, .unfinished, .damaged: true
        case .misplaced, .foreign, .unchanged: false
        }
    }
}

/// The directory holds no shards.
package struct NoShards: ProgramError, Equatable {
    package var directory: String
    package var explanation: Explanation {
        Explanation(
            "no-shards", .badJob, "\(directory) holds no shards",
            remedy:
                "`rsd-batch run JOB.yaml --run-dir \(directory) --shard 1/N` runs one, and `rsd-batch submit` runs all of them "
                + "on Slurm.")
    }
}

import Foundation
import JobSpecs

extension Manifest {
    /// Checks that a journal belongs to this run and that an expected journal is there.
    ///
    /// - Throws: ``DamagedRun``.
    package func check(_ contents: JournalContents, in directory: RunDirectory) throws(DamagedRun) {
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(directory.journal, fault, merged == nil ? Self.restoreJournal : Self.mergeAgain)
        }
        let owners = contents.owners
        if namesJournal == true, owners.isEmpty {
            throw damaged(
                !contents.isThere
                    ? "is missing, although the run has begun"
                    : contents.records.isEmpty
                        ? "is empty or unreadable, although the run has begun"
                        : "has lost its beginning, or belongs to a run of an earlier version")
        }
        // Earlier versions created the journal before the first engine started.
        if namesJournal == nil, !contents.isThere, merged != nil || directory.hasEngineStarts {
            throw damaged("is missing, although engines have worked on the run")
        }
        // A process that changed the job may have ended before the journal said so.
        let jobs = Set([identity.hash] + (history ?? []).map(\.identity.hash))
        let isForeign = owners.contains { !jobs.contains($0.job) || merged == nil && $0.shard != shard }
        if isForeign { throw damaged("belongs to another run than \(directory.manifest.lastPathComponent) beside it") }
    }

    /// The job that the journal is of: the one before, if the process that changed the job ended before the journal said so.
    package func journalled(in contents: JournalContents) -> SpecIdentity {
        // Journals of earlier versions name no job until they grow.
        guard let owner = contents.owners.last else { return history?.first?.identity ?? identity }
        return history?.last { $0.identity.hash == owner.job && owner.job != identity.hash }?.identity ?? identity
    }

    /// Checks that the journal is of the present job, so that it can be read without continuing the run.
    ///
    /// - Throws: ``DamagedRun``.
    package func checkIsJournalled(_ contents: JournalContents, in directory: RunDirectory) throws(DamagedRun) {
        guard journalled(in: contents) == identity else {
            throw DamagedRun(
                directory.journal,
                "is still that of the job before the last change, which a process is making now, or could not complete",
                "Run the changed job again in this directory, unless a process is at work on it: that completes the change."
            )
        }
    }

    private static let restoreJournal =
        "Restore it from a copy. Without a copy, the model responses are lost: delete the directory to start over, or name "
        + "another one with --run-dir."
    private static let mergeAgain = "Run `rsd-batch merge` to recreate it from the shards."
}

extension RunDirectory {
    fileprivate var hasEngineStarts: Bool {
        ((try? FileManager.default.attributesOfItem(atPath: engines.path)[.size] as? Int) ?? 0) > 0
    }

    /// Checks that a run may begin, or resume, in a directory without a manifest.
    ///
    /// - Parameter wanted: the run to begin.
    /// - Returns: whether the journal already belongs to it.
    /// - Throws: ``DamagedRun``.
    package func checkWithoutManifest(_ contents: JournalContents, for wanted: RunIdentity) throws(DamagedRun) -> Bool {
        let owners = contents.owners
        if owners.contains(where: { $0 != wanted }) {
            throw DamagedRun(
                manifest, "is missing, and the journal beside it belongs to another job",
                "Run the job that it was begun with, restore the file from a copy, or name another directory with --run-dir."
            )
        }
        if owners.isEmpty, !contents.records.isEmpty {
            throw DamagedRun(
                manifest,
                "is missing, and the journal beside it, of an earlier version, does not record its job",
                "Restore the file from a copy, or name another directory with --run-dir.")
        }
        // The first line is shorter, whether torn or not.
        if owners.isEmpty, contents.tornBytes > 1024 {
            throw DamagedRun(
                journal, "is unreadable, and there is no manifest.json",
                "Restore both from a copy, or name another directory with --run-dir.")
        }
        return !owners.isEmpty
    }
}

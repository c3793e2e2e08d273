import Foundation

extension Manifest {
    var runIdentity: RunIdentity { RunIdentity(job: identity.hash, shard: shard) }

    /// Sees to it that a journal is this run's, and that none is missing that was there.
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
                    ? "is missing, and the run was begun"
                    : contents.records.isEmpty
                        ? "is empty or cannot be read, and the run was begun"
                        : "has lost its beginning, or belongs to a run of an earlier version")
        }
        // Earlier versions made the journal before the first engine.
        if namesJournal == nil, !contents.isThere, merged != nil || directory.hasEngineStarts {
            throw damaged("is missing, and engines have worked on the run")
        }
        let isForeign = owners.contains { merged == nil ? $0 != runIdentity : $0.job != identity.hash }
        if isForeign { throw damaged("belongs to another run than \(directory.manifest.lastPathComponent) beside it") }
    }

    private static let restoreJournal =
        "Restore it from a copy; without one, what was generated is lost: delete the directory to start over, or name another "
        + "one with --run-dir."
    private static let mergeAgain = "`rsd-batch merge` makes it again from the shards."
}

extension RunDirectory {
    fileprivate var hasEngineStarts: Bool {
        ((try? FileManager.default.attributesOfItem(atPath: engines.path)[.size] as? Int) ?? 0) > 0
    }

    /// Sees to it that a directory without a manifest is one that a run may begin in, or go on in where only that is missing.
    ///
    /// - Parameter wanted: what is to be run.
    /// - Returns: whether the journal belongs to it already.
    /// - Throws: ``DamagedRun``.
    package func checkWithoutManifest(_ contents: JournalContents, for wanted: RunIdentity) throws(DamagedRun) -> Bool {
        let owners = contents.owners
        if owners.contains(where: { $0 != wanted }) {
            throw DamagedRun(
                manifest, "is missing, and the journal beside it belongs to another job",
                "Give the job that it was begun with, restore the file from a copy, or name another directory with --run-dir."
            )
        }
        if owners.isEmpty, !contents.records.isEmpty {
            throw DamagedRun(
                manifest,
                "is missing, and the journal beside it, of an earlier version, does not say which job it belongs to",
                "Restore the file from a copy, or name another directory with --run-dir.")
        }
        // The first line, torn or not, is shorter.
        if owners.isEmpty, contents.tornBytes > 1024 {
            throw DamagedRun(
                journal, "cannot be read, and there is no manifest.json",
                "Restore both from a copy, or name another directory with --run-dir.")
        }
        return !owners.isEmpty
    }
}

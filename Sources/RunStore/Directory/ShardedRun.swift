import Support
import Foundation
import JobSpecs

/// A run in shards: the directory that holds the shards' run directories, and into which they are merged.
package struct ShardedRun: Sendable, Equatable {
    package let parent: RunDirectory

    package init(_ parent: RunDirectory) {
        self.parent = parent
    }

    package func directory(of shard: Shard) -> RunDirectory {
        RunDirectory(parent.url.appending(path: shard.directoryName))
    }

    /// Shards that have a directory, by count and index.
    package var present: [Shard] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.url.path)) ?? []
        return names.compactMap(Shard.init(directoryName:)).sorted { ($0.count, $0.index) < ($1.count, $1.index) }
    }

    /// The identity that a shard was begun with; nil if none was begun.
    package var beginning: SpecIdentity? {
        for shard in present {
            if let manifest = try? Manifest.read(directory(of: shard).manifest) { return manifest.identity }
        }
        return nil
    }

    /// Whether the shards have been merged, and have not grown since.
    package func isMerged() throws -> Bool {
        guard let whole = try Manifest.read(parent.manifest), whole.merged?.missing.isEmpty == true
        else { return false }
        return present.allSatisfy { shard in
            guard let manifest = try? Manifest.read(directory(of: shard).manifest) else { return true }
            return manifest.identity == whole.identity
        }
    }

    /// Checks that a directory does not mix an undivided run with shards, or different numbers of shards.
    ///
    /// - Throws: ``ShardsMixed``.
    package static func check(_ directory: RunDirectory, isFor shard: Shard?) throws {
        let run = ShardedRun(shard == nil ? directory : RunDirectory(directory.url.deletingLastPathComponent()))
        let others = run.present.filter { $0.count != shard?.count }
        if !others.isEmpty { throw ShardsMixed(directory: run.parent.url.path, found: others, shard: shard) }
        if shard != nil, let manifest = try Manifest.read(run.parent.manifest), manifest.merged == nil {
            throw ShardsMixed(directory: run.parent.url.path, found: [], shard: shard)
        }
    }
}

/// The directory holds a run that is divided differently.
package struct ShardsMixed: ProgramError, Equatable {
    package var directory: String
    /// Empty if the run there is undivided.
    package var found: [Shard]
    /// The shard to run; nil for the undivided job.
    package var shard: Shard?

    package init(directory: String, found: [Shard], shard: Shard? = nil) {
        self.directory = directory
        self.found = found
        self.shard = shard
    }

    package var explanation: Explanation {
        let names = found.prefix(4).map(\.directoryName).joined(separator: ", ") + (found.count > 4 ? ", …" : "")
        let (what, remedy) =
            if found.isEmpty {
                (
                    "an undivided run, which cannot be mixed with shards",
                    "Leave out --shard to resume it, or name another directory with --run-dir."
                )
            } else {
                (
                    "a run in \(counted(found[0].count, "shard")) (\(names)), which cannot be mixed with a different division",
                    shard == nil
                        ? "Resume a shard (--shard), merge them (rsd-batch merge), or name another directory with --run-dir."
                        : "Use that number of shards, name another directory with --run-dir, or delete them to divide the job "
                            + "again."
                )
            }
        return Explanation("shards-mixed", .directoryTaken, "\(directory) holds \(what)", remedy: remedy)
    }
}

/// The run directory belongs to another part of the job.
package struct ShardChanged: ProgramError, Equatable {
    package var directory: String
    /// nil for the undivided job.
    package var found: Shard?
    package var wanted: Shard?

    package init(directory: String, found: Shard? = nil, wanted: Shard? = nil) {
        self.directory = directory
        self.found = found
        self.wanted = wanted
    }

    package var explanation: Explanation {
        func name(_ shard: Shard?) -> String { shard.map { "shard \($0)" } ?? "the undivided job" }
        let option = found.map { "give --shard \($0) with the directory above it as --run-dir" } ?? "leave --shard out"
        return Explanation(
            "shard-changed", .directoryTaken,
            "\(directory) was begun as \(name(found)), not as \(name(wanted))",
            remedy: "To resume it, \(option); otherwise name another --run-dir.")
    }
}

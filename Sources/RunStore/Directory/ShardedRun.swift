import Support
import Foundation
import JobSpecs

/// A run in shards: the directory that holds the shards' run directories, and what they are merged into.
package struct ShardedRun: Sendable, Equatable {
    package let parent: RunDirectory

    package init(_ parent: RunDirectory) {
        self.parent = parent
    }

    package func directory(of shard: Shard) -> RunDirectory {
        RunDirectory(parent.url.appending(path: shard.directoryName))
    }

    /// The shards that have a directory, by count and index.
    package var present: [Shard] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.url.path)) ?? []
        return names.compactMap(Shard.init(directoryName:)).sorted { ($0.count, $0.index) < ($1.count, $1.index) }
    }

    /// What a shard that was begun is known by; nil where none was.
    package var beginning: SpecIdentity? {
        for shard in present {
            if let manifest = try? Manifest.read(directory(of: shard).manifest) { return manifest.identity }
        }
        return nil
    }

    /// Whether all shards have been put together.
    package func isMerged() throws -> Bool {
        try Manifest.read(parent.manifest)?.merged?.missing.isEmpty ?? false
    }

    /// Sees to it that a directory is not taken for what it is not: a run in shards and one without, or in another number of
    /// them, must not mix.
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

/// A directory holds a run that is divided in another way.
package struct ShardsMixed: ProgramError, Equatable {
    package var directory: String
    /// None where the run there is not divided.
    package var found: [Shard]
    /// What was to be run there; nil is the undivided job.
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
                    "a run that is not divided into shards, and the two must not mix",
                    "Leave --shard out to go on with it, or name another directory with --run-dir."
                )
            } else {
                (
                    "a run in \(counted(found[0].count, "shard")) (\(names)), and two ways of dividing a job must not mix",
                    shard == nil
                        ? "Go on with a shard (--shard), put them together (rsd-batch merge), or name another directory with --run-dir."
                        : "Go on with that number of shards, name another directory with --run-dir, or delete them to divide the job "
                            + "again."
                )
            }
        return Explanation("shards-mixed", .directoryTaken, "\(directory) holds \(what)", remedy: remedy)
    }
}

/// The run directory is that of another part of the job.
package struct ShardChanged: ProgramError, Equatable {
    package var directory: String
    /// nil is the undivided job.
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
            "\(directory) was begun as \(name(found)), and what is to be run is \(name(wanted))",
            remedy: "To go on with it, \(option); for something else name another --run-dir.")
    }
}

import Foundation
import JobSpecs
import RSDJobs
import Reporting
import RunStore
import Support

/// A run in a list of runs.
package struct ListedRun: Sendable, Equatable, Encodable {
    package enum State: String, Sendable, Encodable {
        case finished, running, interrupted
        /// Finished, but some of its trajectories failed.
        case failed
        case damaged
    }

    /// As the user would type it.
    package var directory: String
    /// nil for a damaged run.
    package var job: String?
    package var state: State
    /// Where it runs: host names, with several shards separated by commas.
    package var host: String?
    /// What is wrong with it, or why nothing more is known.
    package var fault: String?
    /// Numbers of trajectories; nil if they cannot be known.
    package var finished: Int?
    package var total: Int?
    package var failed = 0
    /// By method, as far as the answers are graded: the mean over the data sets.
    package var methods: [Method] = []
    /// The method with the highest accuracy.
    package var best: String?
    /// Of the whole run so far.
    package var seconds: Double?
    package var joules: Double?
    /// When it was begun; for a run without manifest, when its directory last changed.
    package var created: String
    package var shards: Shards?

    package struct Method: Sendable, Equatable, Encodable {
        package var method: String
        package var accuracy: Double
        /// FLOPs spent per answer; nil if unknown.
        package var flopsSpent: Double?

        private enum CodingKeys: String, CodingKey {
            case method, accuracy
            case flopsSpent = "flops_spent_per_answer"
        }
    }

    package struct Shards: Sendable, Equatable, Encodable {
        package var count: Int
        package var begun: Int
        package var finished: Int
        package var merged: Bool
    }

    package var bestMethod: Method? { methods.first { $0.method == best } }
}

extension ListedRun {
    /// Lists the runs below a folder, the oldest first. A damaged one has its fault.
    ///
    /// - Throws: ``NoFolder``.
    package static func all(below folder: String) throws(NoFolder) -> [ListedRun] {
        let root = URL(filePath: folder)
        let prefix = RunDirectory(root).url.path
        return try RunFinder().runs(below: root).map { directory in
            let rest = directory.url.path.dropFirst(prefix.count)
            let base = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
            return ListedRun(directory, path: base == "/" ? String(rest) : base + rest)
        }
        .sorted { ($0.created, $0.directory) < ($1.created, $1.directory) }
    }

    init(_ directory: RunDirectory, path: String) {
        let (run, changed) = (ShardedRun(directory), Self.changed(directory))
        do {
            let submission = try Submission.read(in: directory)
            if let count = submission?.shards ?? run.present.first?.count, try !run.isMerged() {
                let parts = run.present.map { RunReading(run.directory(of: $0)) }
                self.init(RunReading(parts, of: count), path: path, created: submission?.at ?? changed)
                let finished = parts.count { $0.state == .finished || $0.state == .failed }
                shards = Shards(count: count, begun: parts.count, finished: finished, merged: false)
            } else {
                self.init(RunReading(directory), path: path, created: changed)
                let merged = try? Manifest.read(directory.manifest)?.merged
                shards = merged.map { Shards(count: $0.shards, begun: $0.shards, finished: $0.shards, merged: true) }
            }
        } catch {
            self.init(RunReading(fault: error), path: path, created: changed)
        }
    }

    private init(_ reading: RunReading, path: String, created: String) {
        self.init(directory: path, job: reading.job, state: reading.state, created: reading.created ?? created)
        (host, fault) = (reading.hosts.isEmpty ? nil : reading.hosts.joined(separator: ", "), reading.fault)
        (finished, total, failed) = (reading.finished, reading.total, reading.failed)
        (seconds, joules) = (reading.seconds, reading.joules)
        methods = reading.methods
        best = methods.max { $0.accuracy < $1.accuracy }?.method
    }

    private init(directory: String, job: String?, state: State, created: String) {
        (self.directory, self.job, self.state, self.created) = (directory, job, state, created)
    }

    private static func changed(_ directory: RunDirectory) -> String {
        let facts = try? FileManager.default.attributesOfItem(atPath: directory.url.path)
        return (facts?[.modificationDate] as? Date ?? .distantPast).formatted(.iso8601)
    }
}

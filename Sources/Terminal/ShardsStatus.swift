import Foundation
import JobSpecs
import RSDJobs
import Reporting
import RunStore

/// The state of a run in shards, read from their common directory, whatever nodes they run on.
package struct ShardsStatus: Sendable, Equatable, Encodable {
    /// As the user would type it.
    package var directory: String
    package var shards: [Part]
    /// The unfinished tasks of the last submission; nil if nothing was submitted or Slurm is not available.
    package var queue: [SlurmTask]?
    /// Slurm's id of the merge job.
    package var merge: String?

    package struct Part: Sendable, Equatable, Encodable {
        package enum State: String, Sendable, Encodable {
            case notBegun = "not_begun"
            case running
            /// Held by a process without a recent heartbeat.
            case silent
            case stopped, finished, unreadable
        }

        package var shard: Shard
        package var state: State
        package var finished = 0
        package var total = 0
        package var failed = 0
        package var wave = 0
        package var phase: String?
        package var holder: LockHolder?
        /// Seconds since the holder's last heartbeat, by clocks that may differ.
        package var timeSinceHeartbeat: Double?
        package var slurm: SlurmTask?
        /// Why it cannot be read.
        package var fault: String?

        package init(_ shard: Shard, _ state: State) {
            self.shard = shard
            self.state = state
        }
    }

    package init(directory: String, shards: [Part], queue: [SlurmTask]? = nil, merge: String? = nil) {
        self.directory = directory
        self.shards = shards
        self.queue = queue
        self.merge = merge
    }

    package var finished: Int { shards.reduce(0) { $0 + $1.finished } }
    package var failed: Int { shards.reduce(0) { $0 + $1.failed } }
    package var mergeTask: SlurmTask? { queue?.first { $0.job == merge } }
    package var isFinished: Bool { shards.allSatisfy { $0.state == .finished } }

    private enum CodingKeys: String, CodingKey { case directory, shards, queue, merge }
}

extension ShardsStatus {
    /// - Parameters:
    ///   - count: number of shards.
    ///   - array: Slurm's id of the last submitted array.
    package init(
        _ run: ShardedRun, count: Int, directory: String, queue: [SlurmTask]?, array: String?, merge: String?
    ) {
        let parts = Shard.all(count).map { shard in
            var part = Part(run, shard)
            part.slurm = queue?.first { $0.job == array && $0.task == shard.index }
            return part
        }
        self.init(directory: directory, shards: parts, queue: queue, merge: merge)
    }
}

extension ShardsStatus.Part {
    init(_ run: ShardedRun, _ shard: Shard) {
        self.init(shard, .notBegun)
        do {
            let run = try StoredRun(run.directory(of: shard))
            let status = RunStatus(run, directory: shard.directoryName)
            (finished, total, failed) = (status.finished, status.total, status.failed)
            (wave, phase) = (status.wave, status.phase)
            (holder, timeSinceHeartbeat) = (run.holder, run.timeSinceHeartbeat)
            if let holder {
                state = (timeSinceHeartbeat ?? 0) > holder.timeout ? .silent : .running
            } else {
                state = finished == total ? .finished : .stopped
            }
        } catch is NoRun {
        } catch {
            state = .unreadable
            fault = "\(error)"
        }
    }
}

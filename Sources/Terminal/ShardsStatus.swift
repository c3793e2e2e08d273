import Foundation
import RSDJobs

/// How the shards of a run stand, read from the directory that they share, wherever they run.
public struct ShardsStatus: Sendable, Equatable, Encodable {
    /// As the user would type it.
    public var directory: String
    public var shards: [Part]
    /// What Slurm still has of the last submission; nil where nothing was submitted or Slurm is not here.
    public var queue: [SlurmTask]?
    /// Slurm's id of the job that merges.
    public var merge: String?

    public struct Part: Sendable, Equatable, Encodable {
        public enum State: String, Sendable, Encodable {
            case notBegun = "not_begun"
            case running
            /// Held by a process that gives no sign of life.
            case silent
            case stopped, finished, unreadable
        }

        public var shard: Shard
        public var state: State
        public var finished = 0
        public var total = 0
        public var failed = 0
        public var wave = 0
        public var phase: String?
        public var holder: LockHolder?
        /// Seconds since the holder's last sign of life, by clocks that may differ.
        public var silence: Double?
        public var slurm: SlurmTask?
        /// Why it cannot be read.
        public var fault: String?

        public init(_ shard: Shard, _ state: State) {
            self.shard = shard
            self.state = state
        }
    }

    public init(directory: String, shards: [Part], queue: [SlurmTask]? = nil, merge: String? = nil) {
        self.directory = directory
        self.shards = shards
        self.queue = queue
        self.merge = merge
    }

    public var finished: Int { shards.reduce(0) { $0 + $1.finished } }
    public var failed: Int { shards.reduce(0) { $0 + $1.failed } }
    public var mergeTask: SlurmTask? { queue?.first { $0.job == merge } }
    public var isFinished: Bool { shards.allSatisfy { $0.state == .finished } }

    private enum CodingKeys: String, CodingKey { case directory, shards, queue, merge }
}

extension ShardsStatus {
    /// - Parameters:
    ///   - count: of the shards.
    ///   - array: Slurm's id of the array that was last submitted.
    public init(
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
            let archive = try RunArchive(run.directory(of: shard))
            let status = RunStatus(archive, directory: shard.directoryName)
            (finished, total, failed) = (status.finished, status.total, status.failed)
            (wave, phase) = (status.wave, status.phase)
            (holder, silence) = (archive.holder, archive.silence)
            if let holder {
                state = (silence ?? 0) > holder.longestSilence ? .silent : .running
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

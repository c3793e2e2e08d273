import JobSpecs
import RunStore

/// A run that is looked at again and again: one directory, or the shards in it.
package struct RunWatch: Sendable {
    package let directory: RunDirectory
    private var whole: RunFollower
    private var shards: [Shard: RunFollower] = [:]

    package init(_ directory: RunDirectory) {
        self.directory = directory
        whole = RunFollower(directory)
    }

    /// - Throws: what ``RunFollower/look()`` throws. A shard that cannot be read does not keep the others from being shown.
    package mutating func look() throws -> LiveRun {
        let run = ShardedRun(directory)
        guard let count = run.present.first?.count, try !run.isMerged() else {
            shards = [:]
            return try whole.look()
        }
        return LiveRun(Shard.all(count).map { look(at: $0, of: run) })
    }

    private mutating func look(at shard: Shard, of run: ShardedRun) -> LiveRun.Part {
        var follower = shards.removeValue(forKey: shard) ?? RunFollower(run.directory(of: shard))
        defer { shards[shard] = follower }
        do {
            return LiveRun.Part(shard: shard, run: try follower.look())
        } catch is NoRun {
            return LiveRun.Part(shard: shard)
        } catch {
            return LiveRun.Part(shard: shard, fault: "\(error)")
        }
    }
}

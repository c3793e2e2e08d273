import Foundation
import JobSpecs
import Logging
import RunStore
import Runner
import Support
import Synchronization

/// The shards of a run that one machine works on, each on GPUs of its own.
package struct Fleet: Sendable {
    package let parent: RunDirectory
    package let shards: [Shard]
    let groups: GPUGroups

    /// A run that was begun with another number of shards keeps it: they then take turns, or some GPUs stay idle.
    ///
    /// - Throws: ``TooManyShards``.
    package init(_ job: LoadedJob, in parent: RunDirectory, on groups: GPUGroups) throws {
        self.parent = parent
        self.groups = groups
        let problems = job.allProblems.values.reduce(0) { $0 + $1.count }
        let count = ShardedRun(parent).present.last?.count ?? max(1, min(groups.groups.count, problems))
        shards = (1...count).compactMap { Shard(index: $0, count: count) }
        // What one of them says of their number holds for all.
        _ = try shards.first.map(job.part)
    }
}

/// What a shard of a fleet came to.
package struct FleetFailure: Sendable {
    package var shard: Shard
    package var error: any Error
}

extension Job {
    /// Runs or resumes all shards of a job on this machine, as many at a time as there are groups of GPUs, and merges them.
    ///
    /// A shard that fails leaves the others at work.
    ///
    /// - Parameters:
    ///   - keeper: the engines of jobs that run before and after it.
    ///   - logger: of a shard's messages.
    ///   - observe: called with every event of a shard, from any thread; must return at once.
    /// - Returns: the merged run, or nil and the shards that failed.
    /// - Throws: ``Interrupted``; an error of the merge.
    package static func run(
        _ job: LoadedJob, as fleet: Fleet, keeper: EngineKeeper, deadline: Deadline? = nil, waits: Bool = false,
        retryFailed: Bool = false,
        reuse: [URL] = [], interruption: Interruption, logger: @escaping @Sendable (Shard) -> Logger,
        observe: @escaping @Sendable (Shard, RunEvent) -> Void
    ) async throws -> (outcome: RunOutcome?, failures: [FleetFailure]) {
        let run = ShardedRun(fleet.parent)
        let queue = ShardQueue(fleet.shards)
        let places = Array(fleet.groups.groups.prefix(fleet.shards.count))
        let (kept, later) = (try await keeper.engines(on: places), await keeper.later)
        let failures = await withTaskGroup(of: [FleetFailure].self) { workers in
            for (gpus, kept) in zip(places, kept) {
                workers.addTask {
                    var failures: [FleetFailure] = []
                    while let shard = queue.next(), interruption.level == .none {
                        await kept.expect((queue.isEmpty ? [] : [job]) + later)
                        do {
                            _ = try await Job.run(
                                try job.part(shard), in: run.directory(of: shard), on: gpus, kept: kept,
                                deadline: deadline,
                                waits: waits, retryFailed: retryFailed, reuse: reuse, interruption: interruption,
                                logger: logger(shard)
                            ) { observe(shard, $0) }
                        } catch {
                            failures.append(FleetFailure(shard: shard, error: error))
                        }
                    }
                    return failures
                }
            }
            return await workers.reduce(into: []) { $0 += $1 }
        }
        for kept in kept {
            await kept.expect(later)
            try await kept.trim()
        }
        if let stopped = failures.first(where: { $0.error is Interrupted }) { throw stopped.error }
        guard failures.isEmpty, interruption.level == .none else {
            if failures.isEmpty { throw Interrupted() }
            return (nil, failures.sorted { $0.shard.index < $1.shard.index })
        }
        return (try await merge(fleet.parent, interruption: interruption, began: { _, _, _ in }).outcome, [])
    }
}

/// Shards that no worker has taken yet.
private final class ShardQueue: Sendable {
    private let shards: Mutex<ArraySlice<Shard>>

    init(_ shards: [Shard]) { self.shards = Mutex(shards[...]) }

    var isEmpty: Bool { shards.withLock { $0.isEmpty } }

    func next() -> Shard? { shards.withLock { $0.popFirst() } }
}

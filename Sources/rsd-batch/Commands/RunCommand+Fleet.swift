import ArgumentParser
import Foundation
import Logging
import RSDJobs
import RunStore
import Runner
import Support
import Terminal

/// Where the shards of a run are worked on.
enum ShardPlace: String, ExpressibleByArgument, CaseIterable {
    case gpus
}

extension RunCommand {
    /// Runs all shards on the GPUs of this machine.
    func runFleet(
        _ prepared: Prepared, _ console: Console, _ interruption: Interruption, _ listener: Listener,
        _ keeper: EngineKeeper
    ) async throws -> RunOutcome {
        let job = prepared.job
        let fleet = try Fleet(
            job, in: RunDirectory(URL(filePath: prepared.directory)), on: try await GPUGroups.here(for: job))
        let display = ProgressDisplay(
            job: job.spec.name, shards: fleet.shards, console: console, colour: output.colour, quiet: quiet)
        listener.tell { display.say($0, $1, of: $2) }
        let ended = try await display.during {
            try await Job.run(
                job, as: fleet, keeper: keeper, deadline: deadline ?? .slurm(console.environment), waits: wait,
                retryFailed: retryFailed, reuse: reuse.map { URL(filePath: $0) }, interruption: interruption,
                logger: { shard in
                    Logger(label: "rsd-batch") { _ in ProgressLogHandler { listener.say($0, $1, of: shard) } }
                },
                observe: { display.take($1, of: $0) })
        }
        if let outcome = ended.outcome { return outcome }
        let exits = ended.failures.map { failure in
            console.message("rsd-batch: shard \(failure.shard) failed:\n")
            return Failure.report(failure.error, console: console)
        }
        if ended.failures.count < fleet.shards.count {
            console.message("rsd-batch: the other shards are done; run the same command again to resume these\n")
        }
        throw ExitRequest(category: exits.worst)
    }
}
